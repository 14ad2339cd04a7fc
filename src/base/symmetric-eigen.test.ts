import { describe, expect, test } from "vitest";
import { at, type Matrix, matrix } from "./matrix";
import { integerOf, randomStream } from "./random";
import { columnOf, symmetricEigen } from "./symmetric-eigen";

/** Seeded symmetric values in -1 .. 1. */
function randomSymmetric(n: number): Matrix {
  const stream = randomStream(4, "sample");
  const m = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = integerOf(stream.words(i * n + j)[0], 2001) / 1000 - 1;
      m.data[i * n + j] = value;
      m.data[j * n + i] = value;
    }
  }
  return m;
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe.each([1, 2, 3, 16, 61])("of %i rows", (n) => {
  const m = randomSymmetric(n);
  const { values, vectors } = symmetricEigen(m);
  const columns = values.map((_, index) => columnOf(vectors, index));

  test("the matrix stretches every vector by its value, and values ascend", () => {
    columns.forEach((vector, index) => {
      for (let row = 0; row < n; row++) {
        const image = dot(
          Array.from({ length: n }, (_, column) => at(m, row, column)),
          vector,
        );
        // Entries are at most 1: rounding of n sums of float64.
        expect(Math.abs(image - values[index]! * vector[row]!)).toBeLessThan(1e-12 * n);
      }
    });
    expect(values).toEqual([...values].sort((a, b) => a - b));
  });

  test("vectors are of length 1 and at right angles", () => {
    columns.forEach((a, i) => {
      for (let j = 0; j < n; j++) expect(Math.abs(dot(a, columns[j]!) - Number(i === j))).toBeLessThan(1e-13 * n);
    });
  });

  test("the largest component of a vector is positive", () => {
    for (const vector of columns) {
      const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best));
      expect(largest).toBeGreaterThan(0);
    }
  });
});

test("of a matrix whose values are known", () => {
  // Second differences of three points: 2 - 2 cos(k pi / 4).
  const { values } = symmetricEigen(matrix(3, 3, [2, -1, 0, -1, 2, -1, 0, -1, 2]));
  [2 - Math.SQRT2, 2, 2 + Math.SQRT2].forEach((value, index) => {
    expect(values[index]).toBeCloseTo(value, 14);
  });
});

test("a diagonal matrix, and one of nothing but zeros, are their own answer", () => {
  expect(symmetricEigen(matrix(3, 3, [3, 0, 0, 0, 1, 0, 0, 0, 2])).values).toEqual([1, 2, 3]);
  expect(symmetricEigen(matrix(2, 2)).values).toEqual([0, 0]);
});

test.each([
  ["not square", matrix(1, 2, [1, 2])],
  ["not symmetric", matrix(2, 2, [1, 2, 3, 1])],
  ["not finite", matrix(1, 1, [Number.NaN])],
])("a matrix that is %s is refused", (_, m) => {
  expect(() => symmetricEigen(m)).toThrow("not symmetric and finite");
});
