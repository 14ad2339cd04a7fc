import { expect, test } from "vitest";
import { isSnapshotStep } from "./snapshots";

const kept = (steps: number): number[] =>
  Array.from({ length: steps + 1 }, (_, step) => step).filter((step) => isSnapshotStep(step, steps));

test("a short stage keeps the assignments after every step", () => {
  expect(kept(7)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("a long one keeps some 200, in even distances, the first and the last among them", () => {
  expect(kept(500)).toHaveLength(168);
  expect(kept(500).slice(-3)).toEqual([495, 498, 500]);
  const long = kept(200_000);
  expect(long).toHaveLength(201);
  expect([long[0], long[1], long.at(-1)]).toEqual([0, 1000, 200_000]);
});
