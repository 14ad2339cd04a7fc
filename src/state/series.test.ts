import { expect, test } from "vitest";
import { randomStream, uniformOf } from "../base/random";
import { decimate, smooth } from "./decimate";
import { appendRows, columnOf, emptySeries, keepRows } from "./series";

const rows = (start: number, count: number) => Array.from({ length: count }, (_, i) => ({ x: start + i, y: 3 * (start + i) }));

test.each([1, 255, 256, 257, 1025])("%i rows appended one by one come back in order", (count) => {
  let series = emptySeries(["x", "y"]);
  for (const row of rows(5, count)) series = appendRows(series, [row]);
  expect([...columnOf(series, "x")]).toEqual(rows(5, count).map(({ x }) => x));
  expect([...columnOf(series, "y")]).toEqual(rows(5, count).map(({ y }) => y));
});

test("appending to an older series, or to a shortened one, leaves every other value as it was", () => {
  const first = appendRows(emptySeries(["x", "y"]), rows(0, 10));
  const second = appendRows(first, rows(10, 5));
  const rewound = keepRows(second, 7);
  const other = appendRows(rewound, rows(100, 3));
  const third = appendRows(second, rows(15, 2));
  expect([...columnOf(second, "x")]).toEqual([...Array(15).keys()]);
  expect([...columnOf(third, "x")]).toEqual([...Array(17).keys()]);
  expect([...columnOf(other, "x")]).toEqual([0, 1, 2, 3, 4, 5, 6, 100, 101, 102]);
});

function noisy(count: number) {
  const stream = randomStream(11, "sample");
  const x = Float64Array.from({ length: count }, (_, i) => 7 + 3 * i);
  const y = Float64Array.from({ length: count }, (_, i) => uniformOf(stream.words(i)[0]));
  const z = Float64Array.from(y, (value, i) => (i % 13 === 5 ? Number.NaN : -5 * value));
  return { x, ys: [y, z] };
}

const finite = (values: Iterable<number>) => [...values].filter(Number.isFinite);

test.each([64, 1000])("drawing with %i points keeps the minimum and maximum of every pixel column of every line", (points) => {
  const lines = noisy(20_011);
  const drawn = decimate(lines, points);
  expect(drawn.x.length).toBeLessThanOrEqual(points);
  const columns = points / 2;
  const [first, last] = [lines.x[0]!, lines.x.at(-1)!];
  const columnAt = (x: number) => Math.min(columns - 1, Math.floor(((x - first) * columns) / (last - first)));
  lines.ys.forEach((y, line) => {
    for (let column = 0; column < columns; column++) {
      const inColumn = (xs: Float64Array, values: Float64Array) => finite(values.filter((_, i) => columnAt(xs[i]!) === column));
      const whole = inColumn(lines.x, y);
      const kept = inColumn(drawn.x, drawn.ys[line]!);
      expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...whole), Math.max(...whole)]);
    }
  });
});

test("a spike of one point among a million survives, and x keeps ascending", () => {
  const x = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
  const y = new Float64Array(1_000_000);
  y[123_457] = 9;
  const drawn = decimate({ x, ys: [y] }, 1000);
  expect(Math.max(...drawn.ys[0]!)).toBe(9);
  expect([...drawn.x]).toEqual([...drawn.x].sort((a, b) => a - b));
});

test("lines that fit are drawn as they are", () => {
  const lines = noisy(1000);
  expect(decimate(lines, 1000)).toBe(lines);
});

test("smoothing a constant gives the constant from the first point on, gaps included", () => {
  expect([...smooth(Float64Array.of(4, Number.NaN, 4, 4), 0.98)]).toEqual([4, 4, 4, 4].map((v) => expect.closeTo(v, 12)));
});
