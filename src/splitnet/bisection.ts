import { mergeIndices } from "../model/grouping";

/** Members in an order in which those that come first belong to groups `left`, the others to groups `right`. */
export type LineUp = (members: readonly number[], left: GroupRange, right: GroupRange) => readonly number[];

/** Groups from `first` to before `end`. */
export interface GroupRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Groups of `count` members by recursive bisection. The groups are halved level by level, so that no supergroup of a shallower level is cut
 * before it has to be (`levels` are numbers of groups, the last one the finest), and members are divided in proportion: at the median, where there are as
 * many groups on either side. `lineUp` says who goes where. No group is empty as long as there are as many members as groups.
 */
export function bisected(count: number, levels: readonly number[], lineUp: LineUp): number[] {
  const groupOf = new Array<number>(count).fill(0);
  const divide = (members: readonly number[], range: GroupRange): void => {
    if (range.end - range.first === 1) {
      for (const member of members) groupOf[member] = range.first;
      return;
    }
    const middle = middleOf(range, levels);
    const [left, right] = [
      { first: range.first, end: middle },
      { first: middle, end: range.end },
    ];
    const order = lineUp(members, left, right);
    const share = shareOf(members.length, left, right);
    divide(ascending(order.slice(0, share)), left);
    divide(ascending(order.slice(share)), right);
  };
  const members = Array.from({ length: count }, (_, member) => member);
  divide(members, { first: 0, end: levels.at(-1) ?? 1 });
  return groupOf;
}

/** First group of the right half: where the coarsest level that divides the range has its middle, the larger half to the left. */
function middleOf({ first, end }: GroupRange, levels: readonly number[]): number {
  const finest = levels.at(-1)!;
  for (const level of levels) {
    const supergroups = mergeIndices(finest, level).slice(first, end);
    const starts = supergroups.flatMap((supergroup, index) => (supergroup === supergroups[index - 1] ? [] : [index]));
    if (starts.length > 1) return first + starts[Math.ceil(starts.length / 2)]!;
  }
  // Not reached: at the finest level every group is its own.
  return first + 1;
}

/** Members for the left half, in proportion to its groups, but enough for one in each group on either side. */
function shareOf(members: number, left: GroupRange, right: GroupRange): number {
  const [ours, theirs] = [left.end - left.first, right.end - right.first];
  const fair = Math.round((members * ours) / (ours + theirs));
  return Math.max(ours, Math.min(members - theirs, fair));
}

function ascending(members: readonly number[]): number[] {
  return [...members].sort((a, b) => a - b);
}
