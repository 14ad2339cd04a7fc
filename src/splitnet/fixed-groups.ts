import { ShapeError } from "../base/errors";
import { hashName, permutation, type RandomStream, randomStream } from "../base/random";
import { type HostTensor, hostTensor, type NamedTensors } from "../base/tensor";
import type { FixedGroups } from "../model/fixed-groups";
import { mergeIndices } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { ModelSpec, Space } from "../model/spec";
import { groupSizes, type Partition, type Partitions } from "./partition";

/**
 * Logit of every group that is not the member's own, which has 0: exp(-128) is 0 in float32 even where subnormal numbers are kept, so that
 * assignments are exactly 0 and 1.
 */
const NEVER = -128;

/**
 * The groups of every grouped space of `spec`. Channels of a fresh network are exchangeable, so which of them a group gets is drawn from the
 * seed; how many, `fixed.channels` says. Throws ShapeError where the groups are not of that network.
 */
export function fixedPartitions(spec: ModelSpec, fixed: FixedGroups, seed: number): Partitions {
  const stream = randomStream(seed, "groups");
  return new Map(
    groupedSpaces(spec).map((space) => {
      const groupOf = space.name === "classes" ? fixed.classes : channelGroups(space, fixed, stream);
      if (groupOf.length === space.size) return [space.name, { groups: space.groups, groupOf }];
      throw new ShapeError(
        `${space.name}: groups of ${groupOf.length} members are given, and it has ${space.size}`,
        "Give the groups of a run of the same network and data set.",
      );
    }),
  );
}

function channelGroups({ name, size, groups }: Space, { channels }: FixedGroups, stream: RandomStream): number[] {
  const sizes = Object.hasOwn(channels, name) ? channels[name]! : evenSizes(size, groups);
  return shuffledGroups(sizes, stream, hashName(name));
}

/** Groups of the given sizes, with members drawn from the stream; `round` separates draws. */
export function shuffledGroups(sizes: readonly number[], stream: RandomStream, round: number): number[] {
  const inOrder = sizes.flatMap((size, group) => new Array<number>(size).fill(group));
  return Array.from(permutation(stream, inOrder.length, round), (place) => inOrder[place]!);
}

/** Sizes of `groups` groups of `count` members, as equal as they come, the larger ones first. */
export function evenSizes(count: number, groups: number): number[] {
  return groupSizes({ groups, groupOf: mergeIndices(count, groups) });
}

/** Assignment logits whose probabilities are exactly the given groups, by parameter name. */
export function decidedLogits(partitions: Partitions): NamedTensors {
  return new Map([...partitions].map(([space, partition]) => [logitsName(space), logitsOf(partition)]));
}

function logitsOf({ groups, groupOf }: Partition): HostTensor {
  const size = groupOf.length;
  const data = new Float32Array(groups * size).fill(NEVER);
  groupOf.forEach((group, member) => {
    data[group * size + member] = 0;
  });
  return hostTensor([groups, size], data);
}
