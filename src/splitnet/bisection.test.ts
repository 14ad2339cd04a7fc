import { expect, test } from "vitest";
import { mergeIndices } from "../model/grouping";
import { bisected, type GroupRange, type LineUp } from "./bisection";
import { groupSizes } from "./partition";

const asTheyCome: LineUp = (members) => members;

/** What is divided into what, as "0..3 | 3..5". */
function cuts(count: number, levels: readonly number[]): string[] {
  const seen: string[] = [];
  const told = ({ first, end }: GroupRange): string => `${first}..${end}`;
  bisected(count, levels, (members, left, right) => {
    seen.push(`${told(left)} | ${told(right)}`);
    return members;
  });
  return seen;
}

test("two groups divide members at the median of the line-up", () => {
  const reversed: LineUp = (members) => members.toReversed();
  expect(bisected(6, [2], reversed)).toEqual([1, 1, 1, 0, 0, 0]);
  expect(bisected(5, [2], asTheyCome)).toEqual([0, 0, 0, 1, 1]);
});

test("a shallower level is divided before a deeper one, and its supergroups are whole", () => {
  expect(cuts(16, [2, 4])).toEqual(["0..2 | 2..4", "0..1 | 1..2", "2..3 | 3..4"]);
  // Of five, two supergroups are the first three and the last two.
  expect(cuts(10, [2, 5])).toEqual(["0..3 | 3..5", "0..2 | 2..3", "0..1 | 1..2", "3..4 | 4..5"]);
  expect(cuts(12, [3, 6])).toEqual(["0..4 | 4..6", "0..2 | 2..4", "0..1 | 1..2", "2..3 | 3..4", "4..5 | 5..6"]);
});

test("members are as many for every group as they can be", () => {
  for (const [count, levels] of [
    [100, [2, 4, 8]],
    [64, [3]],
    [17, [2, 5]],
  ] as const) {
    const groups = levels.at(-1)!;
    const sizes = groupSizes({ groups, groupOf: bisected(count, levels, asTheyCome) });
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

test.each([2, 3, 5, 7, 8])("%i members make as many groups of one", (groups) => {
  expect(bisected(groups, [groups], asTheyCome)).toEqual(mergeIndices(groups, groups));
});

test("one group is everybody, without a line-up", () => {
  expect(bisected(3, [1], () => expect.unreachable())).toEqual([0, 0, 0]);
});
