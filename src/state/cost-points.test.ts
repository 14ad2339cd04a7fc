import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { rowsOf } from "./compared-rows";
import { costPoints, publishedPoints } from "./cost-points";
import { sampleRecord, sampleSummary } from "./testing";

const tiny = presetConfig("tiny");
const cost = (parameters: number) => ({
  unsplit: { parameters: 100, flops: 1000 },
  split: { parameters, flops: 10 * parameters },
});
const runs = [
  { seed: 1, split: 0.5, cost: cost(40) },
  { seed: 2, split: 0.7, cost: cost(60) },
].map(({ seed, split, cost }) => {
  const id = `run-${seed}`;
  return {
    record: sampleRecord({ id, config: { ...tiny, seed } }),
    summary: sampleSummary({ runId: id, unsplit: 0.8, split, cost }),
    name: id,
  };
});
const points = (seedsTogether: boolean) => costPoints(rowsOf(runs, seedsTogether), ({ key }) => key);

test("every evaluated network is a point: a run before and after its split", () => {
  expect(points(false).map(({ key, split, cost, top1 }) => [key, split, cost.parameters, top1])).toEqual([
    ["run-1 unsplit", false, 100, 0.8],
    ["run-1 split", true, 40, 0.5],
    ["run-2 unsplit", false, 100, 0.8],
    ["run-2 split", true, 60, 0.7],
  ]);
});

test("seeds are one point at the mean of both, with the deviation of the accuracy and how many they are", () => {
  const [unsplit, split] = points(true);
  expect(unsplit).toMatchObject({ top1: 0.8, deviation: 0, count: 2 });
  expect(split).toMatchObject({ cost: { parameters: 50, flops: 500 }, count: 2, published: null });
  expect(split!.top1).toBeCloseTo(0.6, 12);
  expect(split!.deviation).toBeCloseTo(Math.sqrt(0.02), 12);
});

test("a network that was not evaluated is none, and published ones say their table", () => {
  const unevaluated = runs.map((run) => ({ ...run, summary: { ...run.summary, split: null } }));
  expect(costPoints(rowsOf(unevaluated, true), ({ key }) => key).map(({ split }) => split)).toEqual([false]);
  expect(publishedPoints().map(({ published }) => published)).toEqual([2, 1, 2, 2, 2, 2]);
});
