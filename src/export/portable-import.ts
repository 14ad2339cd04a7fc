import { CheckpointError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
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
  const { tensors, metadata } = decodeSafetensors(bytes);
  const order = metadata.class_order;
  if (order !== undefined && order !== JSON.stringify(plan.classOrder)) {
    throw foreign("class_order: the classes are in another order");
  }
  const names = portableNames(plan.spec);
  const known = new Set(names.map(({ portable }) => portable));
  const other = [...tensors.keys()].find((name) => !known.has(name));
  if (other !== undefined) throw foreign(`${other}: no tensor of this network`);
  const found = names.map((name) => ({ ...name, tensor: readTensor(tensors, name) }));
  const ofKind = (kind: keyof NetworkTensors): NamedTensors =>
    new Map(found.filter((name) => name.kind === kind).map(({ ours, tensor }) => [ours, tensor]));
  return { parameters: ofKind("parameters"), statistics: ofKind("statistics") };
}

function readTensor(tensors: NamedTensors, { portable, shape }: PortableName): HostTensor {
  const tensor = tensors.get(portable);
  if (tensor === undefined) throw foreign(`${portable}: missing`);
  const expected = portableShape(shape);
  if (tensor.shape.join() !== expected.join()) {
    throw foreign(`${portable}: expected shape [${expected.join(", ")}], found [${tensor.shape.join(", ")}]`);
  }
  const broken = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw foreign(`${portable}: value ${broken} is ${tensor.data[broken]}`);
  return outputsLast(shape, tensor.data);
}

function foreign(message: string): CheckpointError {
  return new CheckpointError(
    `model.safetensors: ${message}`,
    "The file is of another network or incomplete: use that of an export of this run.",
  );
}
