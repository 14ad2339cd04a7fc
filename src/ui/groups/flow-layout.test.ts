import { expect, test } from "vitest";
import { layoutFlows, type Stretch } from "./flow-layout";

const flows = [
  { from: 2, to: 0, size: 1 },
  { from: 0, to: 0, size: 4 },
  { from: 0, to: 1, size: 2 },
  { from: 1, to: 1, size: 3 },
];
const { left, right, flows: placed } = layoutFlows(3, 2, flows);
const height = ({ top, bottom }: Stretch): number => bottom - top;

test("nodes are as tall as their members are many, one below the other, over the whole height", () => {
  expect(left.map((node) => height(node) / height(left[2]!))).toEqual([6, 3, 1].map((size) => expect.closeTo(size, 9)));
  expect(height(right[0]!) / height(left[2]!)).toBeCloseTo(5, 9);
  for (const column of [left, right]) {
    expect(column[0]!.top).toBe(0);
    expect(column.at(-1)!.bottom).toBeCloseTo(1, 9);
    column.slice(1).forEach((node, index) => {
      expect(node.top).toBeGreaterThan(column[index]!.bottom);
    });
  }
});

test("the bands of a node fill it without gap or overlap", () => {
  for (const [column, end, side] of [
    [left, "start", "from"],
    [right, "end", "to"],
  ] as const) {
    column.forEach((node, index) => {
      const own = placed.filter((flow) => flow[side] === index).map((flow) => flow[end]);
      own.sort((a, b) => a.top - b.top);
      expect(own[0]!.top).toBeCloseTo(node.top, 9);
      expect(own.at(-1)!.bottom).toBeCloseTo(node.bottom, 9);
      own.slice(1).forEach((band, place) => {
        expect(band.top).toBeCloseTo(own[place]!.bottom, 9);
      });
    });
  }
});

test("a band is as thick at either end", () => {
  for (const { start, end } of placed) expect(height(start)).toBeCloseTo(height(end), 9);
});
