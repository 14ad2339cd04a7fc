import { expect, test } from "vitest";
import { between, isWhole, moved, wholeWindow, windowOf, windowText, zoomed } from "./confusion-window";

const cells = ({ rows, columns }: ReturnType<typeof wholeWindow>) => [rows.start, rows.end, columns.start, columns.end];

test("zooming in halves both sides about the cell, stays within the classes and stops at two cells", () => {
  const half = zoomed(wholeWindow(100), 0.5, { row: 10, column: 60 }, 100);
  expect(cells(half)).toEqual([0, 50, 36, 86]);
  expect(cells(zoomed(half, 0.5, null, 100))).toEqual([13, 38, 49, 74]);
  const [top, bottom, left, right] = cells(zoomed(zoomed(wholeWindow(5), 0.5, null, 5), 0.1, null, 5));
  expect([bottom! - top!, right! - left!]).toEqual([2, 2]);
});

test("zooming out ends at the whole, from every part", () => {
  const corner = between(wholeWindow(100), { row: 97, column: 0 }, { row: 99, column: 40 }, 100);
  expect(cells(corner)).toEqual([97, 100, 0, 41]);
  let part = corner;
  for (let press = 0; press < 6; press++) part = zoomed(part, 2, null, 100);
  expect(isWhole(part, 100)).toBe(true);
  expect(isWhole(corner, 100)).toBe(false);
});

test("a drag takes the cells between its ends, in any direction; one cell becomes two", () => {
  const part = between(wholeWindow(10), { row: 7, column: 2 }, { row: 3, column: 2 }, 10);
  expect(cells(part)).toEqual([3, 8, 2, 4]);
  expect(cells(between(part, { row: 1, column: 0 }, { row: 2, column: 1 }, 10))).toEqual([4, 6, 2, 4]);
});

test("moving keeps the size and stops at the edges", () => {
  const part = between(wholeWindow(10), { row: 3, column: 2 }, { row: 5, column: 6 }, 10);
  expect(cells(moved(part, 1, -1, 10))).toEqual([4, 7, 1, 6]);
  expect(cells(moved(part, 40, -40, 10))).toEqual([7, 10, 0, 5]);
});

test("a part is read from the address as it was written, and what fits no such matrix is the whole", () => {
  const part = between(wholeWindow(100), { row: 97, column: 0 }, { row: 99, column: 40 }, 100);
  expect(windowText(part, 100)).toBe("97_100_0_41");
  expect(windowOf(windowText(part, 100), 100)).toEqual(part);
  expect(windowText(wholeWindow(100), 100)).toBeNull();
  for (const wrong of [null, "", "1_2", "a_b_c_d", "0_101_0_5", "-1_5_0_5", "5_5_0_5", "6_5_0_5", "0_1.5_0_5", "97_100_0_"])
    expect(windowOf(wrong, 100), String(wrong)).toEqual(wholeWindow(100));
  // A data set of one class has one cell.
  expect(windowOf("0_1_0_1", 1)).toEqual(wholeWindow(1));
});
