import { expect, test } from "vitest";
import { keyAction } from "./cell-cursor";

const matrix = { rows: 20, columns: 30 };

test("arrow keys move the cursor, with Shift by ten, and say how far beyond the edge they went", () => {
  expect(keyAction("ArrowDown", false, null, matrix)).toMatchObject({ cell: { row: 0, column: 0 } });
  expect(keyAction("ArrowRight", true, { row: 3, column: 4 }, matrix)).toMatchObject({
    cell: { row: 3, column: 14 },
    columns: 0,
  });
  expect(keyAction("ArrowRight", true, { row: 3, column: 24 }, matrix)).toMatchObject({
    cell: { row: 3, column: 29 },
    columns: 5,
  });
  expect(keyAction("ArrowUp", false, { row: 0, column: 0 }, matrix)).toMatchObject({ cell: { row: 0, column: 0 }, rows: -1 });
});

test("Enter picks, Escape leaves, and + - 0 zoom; other keys are left to the browser", () => {
  const cell = { row: 1, column: 1 };
  expect(keyAction("Enter", false, cell, matrix)).toEqual({ kind: "pick" });
  expect(keyAction("Escape", false, cell, matrix)).toMatchObject({ cell: null });
  expect(["+", "=", "-", "0"].map((key) => keyAction(key, false, cell, matrix))).toMatchObject(
    ["in", "in", "out", "whole"].map((by) => ({ kind: "zoom", by })),
  );
  expect(keyAction("Tab", false, cell, matrix)).toBeNull();
});
