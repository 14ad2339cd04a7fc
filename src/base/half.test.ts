import { expect, test } from "vitest";
import { ShapeError } from "./errors";
import { fromHalves, toHalves } from "./half";

/** All finite halves that are not negative, as bits. */
const FINITE = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
const VALUES = fromHalves(FINITE);

/** The float32 next to a positive one. */
function next(value: number, direction: 1 | -1): number {
  const floats = Float32Array.of(value);
  new Int32Array(floats.buffer)[0]! += direction;
  return floats[0]!;
}
const half = (value: number): number => toHalves("test", Float32Array.of(value))[0]!;

test("known values: one, the largest, the smallest normal and the smallest of all", () => {
  expect([...fromHalves(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555))]).toEqual([
    ...[1, -2, 65_504, 2 ** -14, 2 ** -24, 0.333251953125],
  ]);
});

test("every half comes back as itself, with either sign", () => {
  expect(toHalves("test", VALUES).every((bits, at) => bits === FINITE[at])).toBe(true);
  const negative = toHalves(
    "test",
    VALUES.map((value) => -value),
  );
  expect(negative.every((bits, at) => bits === FINITE[at]! + 0x8000)).toBe(true);
});

test("what lies between two halves goes to the nearer one, and half-way to the even one", () => {
  for (let low = 0; low < 0x7bff; low++) {
    const middle = (VALUES[low]! + VALUES[low + 1]!) / 2;
    const even = low % 2 === 0 ? low : low + 1;
    const rounded = toHalves("test", Float32Array.of(next(middle, -1), middle, next(middle, 1)));
    expect([...rounded]).toEqual([low, even, low + 1]);
  }
});

test("float32 values far below the smallest half are zeros of their sign", () => {
  for (const tiny of [2 ** -149, 2 ** -127, 2 ** -126, 2 ** -26, next(2 ** -25, -1), 2 ** -25]) {
    expect([half(tiny), half(-tiny)]).toEqual([0, 0x8000]);
  }
  expect(half(next(2 ** -25, 1))).toBe(1);
});

test("what would round to infinity is refused by the name of its tensor, what stays below is not", () => {
  expect(half(next(65_520, -1))).toBe(0x7bff);
  for (const value of [65_520, -65_520, 1e30, Number.POSITIVE_INFINITY, Number.NaN]) {
    expect(() => toHalves("conv.weight", Float32Array.of(1, value))).toThrow(ShapeError);
    expect(() => toHalves("conv.weight", Float32Array.of(1, value))).toThrow(/^conv.weight: .* has no half-precision value/);
  }
});

test("a view into a larger array is read where it lies", () => {
  expect([...toHalves("test", Float32Array.of(9, 1, 2, 9).subarray(1, 3))]).toEqual([0x3c00, 0x4000]);
});
