import { expect, test } from "vitest";
import { ShapeError } from "./errors";
import { columnsOf, hostTensor } from "./tensor";

const table = hostTensor([2, 3], Float32Array.from([11, 12, 13, 21, 22, 23]));

test("columns come in the order in which they are picked, also twice or none", () => {
  expect(columnsOf(table, [2, 0])).toEqual(hostTensor([2, 2], Float32Array.from([13, 11, 23, 21])));
  expect(columnsOf(table, [1, 1, 1]).data).toEqual(Float32Array.from([12, 12, 12, 22, 22, 22]));
  expect(columnsOf(table, [])).toEqual(hostTensor([2, 0], new Float32Array()));
});

test("a column that is not there is named", () => {
  expect(() => columnsOf(table, [0, 3])).toThrow(ShapeError);
  expect(() => columnsOf(table, [0, 3])).toThrow("a table of 3 columns has no column 3");
});
