import { expect, test } from "vitest";
import type { AssignmentSnapshotView } from "../protocol/views";
import { momentsOf, movesUpTo } from "./group-history";

/** Two groups: the members named are sure of group 1, the others of group 0. */
function snapshot(step: number, size: number, ones: readonly number[], sureness = 1): AssignmentSnapshotView {
  const probabilities = new Float32Array(2 * size);
  for (let member = 0; member < size; member++) {
    const group = ones.includes(member) ? 1 : 0;
    probabilities[group * size + member] = sureness;
    probabilities[(1 - group) * size + member] = 1 - sureness;
  }
  return { step, blocks: null, spaces: [{ space: "classes", groups: 2, size, probabilities }] };
}

test("members that change their likeliest group are counted from one snapshot to the next", () => {
  const history = [snapshot(0, 5, [0, 1], 0.6), snapshot(10, 5, [1, 2, 3], 0.6), snapshot(20, 5, [1, 2, 3])];
  const moments = momentsOf(history, "classes");
  expect(moments.map(({ step, moved }) => [step, moved])).toEqual([
    [0, 0],
    [10, 3],
    [20, 0],
  ]);
  expect(moments.map(({ decided }) => decided)).toEqual([0, 0, 1]);
  expect(moments[0]!.entropy).toBeCloseTo(0.971, 3);
  expect(moments[2]!.entropy).toBe(0);
});

test("a space that is in no snapshot has no moments", () => {
  expect(momentsOf([snapshot(0, 5, [])], "stage_3")).toEqual([]);
});

test("moves are told with where from and where to, since the snapshot before; the first has none before it", () => {
  const history = [snapshot(0, 5, [0, 1], 0.6), snapshot(10, 5, [1, 2, 3], 0.6), snapshot(20, 5, [1, 2, 3])];
  expect(movesUpTo(history, 10, "classes")).toEqual({
    since: 0,
    moves: [
      { member: 0, from: 1, to: 0 },
      { member: 2, from: 0, to: 1 },
      { member: 3, from: 0, to: 1 },
    ],
  });
  expect(movesUpTo(history, 20, "classes")).toEqual({ since: 10, moves: [] });
  expect([movesUpTo(history, 0, "classes"), movesUpTo(history, 15, "classes"), movesUpTo(history, 10, "stage_3")]).toEqual([
    null,
    null,
    null,
  ]);
});
