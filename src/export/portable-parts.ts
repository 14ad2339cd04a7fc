import type { HostTensor, NamedTensors } from "../base/tensor";
import { isWeighted } from "../model/lookup";
import { allParts, type NetworkPart, networkParts } from "../splitnet/parts";
import type { NetworkTensors } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import type { SplitTree } from "../splitnet/tree";
import { outputsLast, type PortableName, portableName, portableNames, portableShape } from "./portable";
import { decodePortable, finiteTensor, foreign } from "./portable-import";

/** A split network after some of its parts were read from a file. */
export interface MergedNetwork {
  readonly tensors: NetworkTensors;
  /** Labels of the parts that the file held; null: all of them. */
  readonly parts: readonly string[] | null;
}

/** Where a tensor of a part lies in the file. */
interface Place {
  readonly name: string;
  /** Ours. */
  readonly shape: readonly number[];
  /** Whether it is of batch norm: one tensor of the file then holds the channels of all parts of a level. */
  readonly shared: boolean;
  /** To be written to. */
  readonly tensor: HostTensor;
}

/**
 * The run's own network with the parts that a safetensors file holds, under the names of model.safetensors: all of it, or the trunk and branches that were
 * trained elsewhere. As splitnet.py saves one branch, batch norms then hold its channels alone. A part is there whole or not at all, and what stands
 * above a branch that is not there has to be as it was, or that branch would read what it never saw: else a CheckpointError.
 */
export function readPortableParts(bytes: Uint8Array, plan: SplitPlan, tree: SplitTree, own: NetworkTensors): MergedNetwork {
  const file = decodePortable(bytes, plan);
  const tensors = { parameters: copied(own.parameters), statistics: copied(own.statistics) };
  const root = networkParts(plan, tree, tensors);
  const found = allParts(root).filter((part) => placesOf(plan, part).some(({ name, shared }) => !shared && file.has(name)));
  fillAll(
    file,
    found.flatMap((part) => placesOf(plan, part)),
  );
  checkAbove(root, networkParts(plan, tree, own), new Set(found));
  const whole = found.length === allParts(root).length;
  return { tensors, parts: whole ? null : found.map(({ label }) => label) };
}

function copied(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
}

function placesOf({ spec }: SplitPlan, part: NetworkPart): Place[] {
  const weighted = new Map(spec.layers.filter(isWeighted).map((layer) => [layer.name, layer]));
  return portableNames(part.spec).map(({ kind, ours, shape, portable }: PortableName): Place => {
    const layer = weighted.get(ours.slice(0, ours.lastIndexOf("/")));
    const role = portable.slice(portable.lastIndexOf(".") + 1);
    const blocked = layer !== undefined && layer.blocks !== null;
    const name = blocked ? portableName(`${layer.name}/block_${part.group}`, role) : portable;
    return { name, shape, shared: layer === undefined, tensor: part.tensors[kind].get(ours)! };
  });
}

function fillAll(file: NamedTensors, places: readonly Place[]): void {
  const byName = new Map<string, Place[]>();
  for (const place of places) byName.set(place.name, [...(byName.get(place.name) ?? []), place]);
  const other = [...file.keys()].find((name) => !byName.has(name));
  if (other !== undefined) throw foreign(`${other}: no tensor of this network, or of a part that lacks its weights`);
  if (places.length === 0) throw foreign("it holds no tensor");
  for (const [name, sharers] of byName) fill(file, name, sharers);
}

/** Parts of a level stand in the file from left to right, as in the plan. */
function fill(file: NamedTensors, name: string, places: readonly Place[]): void {
  const [first] = places;
  if (first === undefined) return;
  const channels = places.reduce((sum, { tensor }) => sum + tensor.data.length, 0);
  const { data } = finiteTensor(file, name, first.shared ? [channels] : portableShape(first.shape));
  let start = 0;
  for (const { shape, shared, tensor } of places) {
    const own = shared ? data.subarray(start, start + tensor.data.length) : outputsLast(shape, data).data;
    tensor.data.set(own);
    start += tensor.data.length;
  }
}

/** Of the parts as merged and as they were. */
function checkAbove(merged: NetworkPart, own: NetworkPart, found: ReadonlySet<NetworkPart>): void {
  const missing = allParts(merged).find((part) => !found.has(part));
  if (missing !== undefined && found.has(merged) && !sameTensors(merged, own)) {
    throw foreign(
      `${merged.label} is another than this run's, and ${missing.label}, which the file lacks, was trained with this run's`,
      `Train a branch with the layers above it held as they are, batch norms in evaluation mode; or give a file that holds all parts.`,
    );
  }
  merged.children.forEach((child, index) => {
    checkAbove(child, own.children[index]!, found);
  });
}

function sameTensors(a: NetworkPart, b: NetworkPart): boolean {
  return (["parameters", "statistics"] as const).every((kind) =>
    [...a.tensors[kind]].every(([name, { data }]) => {
      const other = b.tensors[kind].get(name)!.data;
      return data.every((value, index) => value === other[index]);
    }),
  );
}
