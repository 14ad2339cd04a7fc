import { ShapeError } from "../base/errors";
import { mergeIndices } from "../model/grouping";
import { isWeighted, spaceNamed } from "../model/lookup";
import type { Blocks, Layer, ModelSpec, WeightedLayer } from "../model/spec";
import { membersOf, type Partition, type Partitions } from "./partition";
import type { SpacePlan, SplitPlan } from "./split-plan";

/**
 * Plans the split: orders every grouped space by group and cuts every grouped layer into blocks.
 * Supergroups are contiguous runs of subgroups, so ordering by the finest group serves every level at once.
 */
export function planSplit(unblocked: ModelSpec, partitions: Partitions): SplitPlan {
  const spaces = [...partitions].map(([space, partition]) => planSpace(space, partition));
  const planOf = (name: string): SpacePlan => {
    const plan = spaces.find((candidate) => candidate.space === name);
    if (plan === undefined) throw new ShapeError(`${name} has no partition`, "The partitions belong to another network.");
    return plan;
  };
  for (const { space, partition } of spaces) {
    if (partition.groupOf.length !== spaceNamed(unblocked, space).size) {
      throw new ShapeError(
        `${space}: partition of ${partition.groupOf.length} members`,
        "The partitions belong to another network.",
      );
    }
  }
  const layers = unblocked.layers.map((layer) =>
    isWeighted(layer) && layer.groups > 1 ? blocked(layer, planOf) : withoutPenalties(layer),
  );
  const spec: ModelSpec = {
    name: `${unblocked.name}, split`,
    spaces: unblocked.spaces.map((space) => ({ ...space, groups: 1, publishedName: null })),
    layers,
  };
  return { spaces, spec, classOrder: classOrderOf(unblocked, spaces) };
}

function planSpace(space: string, partition: Partition): SpacePlan {
  const members = membersOf(partition);
  return { space, partition, order: members.flat(), sizes: members.map((group) => group.length) };
}

/** Sizes of `groups` supergroups, given the sizes of their subgroups in order. */
export function mergedSizes(sizes: readonly number[], groups: number): number[] {
  const merged = new Array<number>(groups).fill(0);
  mergeIndices(sizes.length, groups).forEach((supergroup, subgroup) => {
    merged[supergroup]! += sizes[subgroup]!;
  });
  return merged;
}

function blocked(layer: WeightedLayer, planOf: (space: string) => SpacePlan): Layer {
  const blocks: Blocks = {
    inputs: mergedSizes(planOf(layer.inputSpace).sizes, layer.groups),
    outputs: mergedSizes(planOf(layer.outputSpace).sizes, layer.groups),
  };
  return { ...layer, introduces: [], blocks };
}

function withoutPenalties(layer: Layer): Layer {
  return isWeighted(layer) ? { ...layer, introduces: [] } : layer;
}

function classOrderOf(spec: ModelSpec, spaces: readonly SpacePlan[]): readonly number[] {
  const last = spec.layers.at(-1);
  const output = last !== undefined && isWeighted(last) ? last.outputSpace : "classes";
  return spaces.find((plan) => plan.space === output)?.order ?? identityOrder(spaceNamed(spec, output).size);
}

/** 0 .. count-1: the class order of a network that is not split. */
export function identityOrder(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
