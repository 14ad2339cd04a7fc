import { expect, test } from "vitest";
import { sortedBy, sortingOf, sortingText } from "./sortable";

const rows = [
  { at: 1, value: 3 },
  { at: 2, value: null },
  { at: 3, value: 7 },
  { at: 4, value: 3 },
  { at: 5, value: null },
];
const order = (falling: boolean) => sortedBy(rows, { column: "value", falling }, ({ value }) => value).map(({ at }) => at);

test("rows rise or fall, equal ones as they came, those without a value last either way", () => {
  expect(order(false)).toEqual([1, 4, 3, 2, 5]);
  expect(order(true)).toEqual([3, 1, 4, 2, 5]);
  expect(sortedBy(rows, null, ({ at }) => -at)).toBe(rows);
});

test("an order reads back as it was written, also of a column whose name has dots; of a column that is not there it is none", () => {
  const sorting = { column: "group.learningRate", falling: true };
  expect(sortingOf(sortingText(sorting), ["name", "group.learningRate"])).toEqual(sorting);
  expect(sortingOf(sortingText(sorting), ["name"])).toBeNull();
});
