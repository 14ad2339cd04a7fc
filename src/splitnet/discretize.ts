import { EmptyGroupError } from "../base/errors";
import { type NamedTensors, tensorNamed } from "../base/tensor";
import type { Config } from "../model/config";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { ModelSpec, Space } from "../model/spec";
import { groupSizes, type Partition, type Partitions } from "./partition";

/**
 * Hard groups of every grouped space: the group with the largest logit, ties to the lower one (train_split.py:129-209).
 * A group without members is an EmptyGroupError, unless `emptyGroups` says to give it its nearest members.
 */
export function discretize(spec: ModelSpec, parameters: NamedTensors, emptyGroups: Config["emptyGroups"]): Partitions {
  return new Map(
    groupedSpaces(spec).map((space) => {
      const logits = tensorNamed(parameters, logitsName(space.name)).data;
      return [space.name, partitionSpace(space, logits, emptyGroups)];
    }),
  );
}

function partitionSpace(space: Space, logits: Float32Array, emptyGroups: Config["emptyGroups"]): Partition {
  const partition: Partition = { groups: space.groups, groupOf: likeliestGroups(logits, space.groups, space.size) };
  const empty = groupSizes(partition).flatMap((size, group) => (size === 0 ? [group] : []));
  if (empty.length === 0) return partition;
  if (emptyGroups === "assign-nearest")
    return empty.reduce<Partition>((current, group) => fillGroup(current, group, logits), partition);
  throw new EmptyGroupError(
    `${space.name}: no member chose group ${empty.map((group) => group + 1).join(", ")} of ${space.groups}`,
    "Train stage 1 longer, raise the uniform penalty, or set emptyGroups to assign-nearest.",
  );
}

/** Row index of the largest value of every column of `logits` or probabilities [groups, size], ties to the lower one. */
export function likeliestGroups(logits: Float32Array, groups: number, size: number): number[] {
  return Array.from({ length: size }, (_, member) => {
    let best = 0;
    for (let group = 1; group < groups; group++) {
      if (logits[group * size + member]! > logits[best * size + member]!) best = group;
    }
    return best;
  });
}

/** Share of an even group that an empty one is given: enough to be a branch, few enough to leave the others as learned. */
const FILLED_SHARE = 0.25;

/** Moves to `group` the members that lose least logit by it, never the last member of another group. */
function fillGroup(partition: Partition, group: number, logits: Float32Array): Partition {
  const size = partition.groupOf.length;
  const wanted = Math.max(1, Math.floor((FILLED_SHARE * size) / partition.groups));
  const groupOf = [...partition.groupOf];
  const sizes = groupSizes(partition);
  const loss = (member: number): number => logits[groupOf[member]! * size + member]! - logits[group * size + member]!;
  const nearest = groupOf.map((_, member) => member).sort((a, b) => loss(a) - loss(b) || a - b);
  let moved = 0;
  for (const member of nearest) {
    if (moved === wanted) break;
    const from = groupOf[member]!;
    if (from === group || sizes[from]! <= 1) continue;
    sizes[from]!--;
    groupOf[member] = group;
    moved++;
  }
  return { groups: partition.groups, groupOf };
}
