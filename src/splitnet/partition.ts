/** Group of each member: `groupOf[i]` in 0 .. groups-1. */
export interface Partition {
  readonly groups: number;
  readonly groupOf: readonly number[];
}

/** Partitions by space name, finest level (`Space.groups` groups each). */
export type Partitions = ReadonlyMap<string, Partition>;

/** Members of each group, ascending. */
export function membersOf(partition: Partition): number[][] {
  const members: number[][] = Array.from({ length: partition.groups }, () => []);
  partition.groupOf.forEach((group, member) => {
    members[group]?.push(member);
  });
  return members;
}

/** Members per group. */
export function groupSizes(partition: Partition): number[] {
  return membersOf(partition).map((members) => members.length);
}
