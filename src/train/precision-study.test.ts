import { expect, test } from "vitest";
import { curveDistance } from "./precision-study";

const full = [
  [9, 7, 5, 3],
  [8, 6, 6, 5],
  [9, 8, 4, 1],
];

test("a training is at no distance from itself", () => {
  const { tailDistance, curveDistance: distance, largestDistance } = curveDistance(full, full, 2, 2);
  expect([tailDistance, distance, largestDistance]).toEqual([0, 0, 0]);
});

test("a shift of every seed's curve is its distance, and no spread", () => {
  const shifted = full.map((curve) => curve.map((value) => value + 0.25));
  const distance = curveDistance(full, shifted, 2, 2);
  expect(distance).toMatchObject({ tailDistance: 0.25, curveDistance: 0.25, largestDistance: 0.25 });
  expect(distance).toMatchObject({ tails: [4, 5.5, 2.5], otherTails: [4.25, 5.75, 2.75] });
});

test("curves handed to other seeds are as far as seeds are apart", () => {
  const turned = [full[1]!, full[2]!, full[0]!];
  const { tailDistance, tailSpread, curveDistance: distance, curveSpread, ...largest } = curveDistance(full, turned, 1, 1);
  expect(tailDistance).toBeCloseTo(tailSpread, 12);
  expect(distance).toBeCloseTo(curveSpread, 12);
  expect(largest).toMatchObject({ largestDistance: 4, largestSpread: 4 });
});
