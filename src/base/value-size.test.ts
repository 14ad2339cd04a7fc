import { expect, test } from "vitest";
import { holdsMoreThan } from "./value-size";

test("values are counted at every depth, the outermost included", () => {
  const value = { a: [1, 2, { b: null }], c: "text" };
  expect(holdsMoreThan(value, 7)).toBe(false);
  expect(holdsMoreThan(value, 6)).toBe(true);
  expect(holdsMoreThan("text", 1)).toBe(false);
});

test("what is deep, holds itself, has holes or is an array of bytes is counted without walking through it", () => {
  let deep: unknown = [];
  for (let level = 1; level < 100_000; level++) deep = [deep];
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [deep, circle, new Array(2 ** 32 - 1), new Uint8Array(101)]) expect(holdsMoreThan(value, 100)).toBe(true);
});
