import { describe, expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { configDifferences, meanOfLines, seedGroups } from "./comparison";
import { sampleRecord } from "./testing";

const tiny = presetConfig("tiny");
const run = (id: string, changes: object = {}, datasetId = "data-1") =>
  sampleRecord({ id, datasetId, config: { ...tiny, ...changes } });
const line = (x: number[], y: number[]) => ({ x: Float64Array.from(x), y: Float64Array.from(y) });

test("only the settings that differ are listed, with the value of every run", () => {
  const runs = [run("a"), run("b", { seed: 7 }), run("c", { group: { ...tiny.group, steps: 9 }, preset: "mine" })];
  expect(configDifferences(runs)).toEqual([
    { path: "seed", values: ["1", "7", "1"] },
    { path: "group.steps", values: [String(tiny.group.steps), String(tiny.group.steps), "9"] },
  ]);
  expect(configDifferences(runs.slice(0, 1))).toEqual([]);
  expect(configDifferences([run("a"), run("d")])).toEqual([]);
});

test("runs belong together that differ in the seed alone, on the same data", () => {
  const runs = [run("a"), run("b", { seed: 2 }), run("c", { seed: 3, precision: "f16" }), run("d", { seed: 4 }, "data-2")];
  expect(seedGroups(runs)).toEqual([["a", "b"]]);
});

describe("the mean of lines", () => {
  test("has the sample deviation, and ends with the shortest of them", () => {
    const { x, y, deviation } = meanOfLines([
      line([0, 1, 2, 3], [3, 5, 7, 9]),
      line([0, 1, 2], [5, 5, 8]),
      line([0, 1], [10, 5]),
    ]);
    expect([...x]).toEqual([0, 1]);
    expect([...y]).toEqual([6, 5]);
    // Of 3, 5 and 10: squares 9 + 1 + 16 over n - 1 = 2.
    expect([...deviation]).toEqual([Math.sqrt(13), 0]);
  });

  test("leaves out what one of them lacks in the middle, or has no finite value of", () => {
    const lines = [line([0, 2, 4, 6], [1, 2, 3, 4]), line([0, 1, 4, 6], [3, 9, 5, Number.NaN])];
    const { x, y } = meanOfLines(lines);
    expect([...x]).toEqual([0, 4]);
    expect([...y]).toEqual([2, 4]);
  });

  test("of no line, or of one without points, is empty", () => {
    expect(meanOfLines([]).x).toHaveLength(0);
    expect(meanOfLines([line([0], [1]), line([], [])]).x).toHaveLength(0);
  });
});
