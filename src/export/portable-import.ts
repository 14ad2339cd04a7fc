import { CheckpointError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
import type { ModelSpec } from "../model/spec";
import type { NetworkTensors } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import { outputsLast, type PortableName, portableNames, portableShape } from "./portable";
import { decodeSafetensors } from "./safetensors";

/**
 * The tensors of the split network out of its model.safetensors, as exported or as another program saved it under the same names. Every tensor has to be
 * there in its shape and none besides; where the metadata have a class order, it has to be the plan's. Else a CheckpointError that
 * names the first thing at fault.
 */
export function readPortable(bytes: Uint8Array, plan: Pick<SplitPlan, "spec" | "classOrder">): NetworkTensors {
  return networkOf(decodePortable(bytes, plan), plan.spec);
}

/** The network that has these tensors under their portable names, all of them and none besides; else a CheckpointError. */
export function networkOf(tensors: NamedTensors, spec: ModelSpec): NetworkTensors {
  const names = portableNames(spec);
  const known = new Set(names.map(({ portable }) => portable));
  const other = [...tensors.keys()].find((name) => !known.has(name));
  if (other !== undefined) throw foreign(`${other}: no tensor of this network`);
  const found = names.map((name) => ({ ...name, tensor: readTensor(tensors, name) }));
  const ofKind = (kind: keyof NetworkTensors): NamedTensors =>
    new Map(found.filter((name) => name.kind === kind).map(({ ours, tensor }) => [ours, tensor]));
  return { parameters: ofKind("parameters"), statistics: ofKind("statistics") };
}

/** PyTorch counts the batches of every batch norm, which nothing here needs. */
const COUNTER = /\.num_batches_tracked$/;

/** The tensors of a file as they are named there; where the metadata have a class order, it has to be the plan's. */
export function decodePortable(bytes: Uint8Array, { classOrder }: Pick<SplitPlan, "classOrder">): NamedTensors {
  const { tensors, metadata } = decodeSafetensors(bytes, (name) => COUNTER.test(name));
  const order = metadata.class_order;
  if (order === undefined || order === JSON.stringify(classOrder)) return tensors;
  throw foreign("class_order: the classes are in another order");
}

function readTensor(tensors: NamedTensors, { portable, shape }: PortableName): HostTensor {
  return outputsLast(shape, finiteTensor(tensors, portable, portableShape(shape)).data);
}

/** The tensor of that name and shape; throws CheckpointError where there is none, or a value of it is not finite. */
export function finiteTensor(tensors: NamedTensors, portable: string, expected: readonly number[]): HostTensor {
  const tensor = tensors.get(portable);
  if (tensor === undefined) throw foreign(`${portable}: missing`);
  if (tensor.shape.join() !== expected.join()) {
    throw foreign(`${portable}: expected shape [${expected.join(", ")}], found [${tensor.shape.join(", ")}]`);
  }
  const broken = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw foreign(`${portable}: value ${broken} is ${tensor.data[broken]}`);
  return tensor;
}

/** What is wrong with a file of weights, and what to do. */
export function foreign(
  message: string,
  cure = "The file is of another network or incomplete: use that of an export of this run.",
): CheckpointError {
  return new CheckpointError(`the weights are not those of this network: ${message}`, cure);
}
