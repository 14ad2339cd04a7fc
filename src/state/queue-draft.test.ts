import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { MOST_QUEUED } from "../protocol/queue";
import { draftedRuns, importedRuns, type QueueDraft, seedsOf } from "./queue-draft";

const tiny = presetConfig("tiny");
const drafted = (changes: Partial<QueueDraft>, config = tiny) =>
  draftedRuns(config, { seeds: "", field: "", values: "", ...changes });
const configs = (changes: Partial<QueueDraft>) => {
  const result = drafted(changes);
  if (result.kind === "wrong") throw new Error(result.problem);
  return result.configs;
};
const problem = (changes: Partial<QueueDraft>) => {
  const result = drafted(changes);
  return result.kind === "wrong" ? result.problem : null;
};

test("seeds are written as ranges and lists, each counts once", () => {
  expect(seedsOf("1-3")).toEqual([1, 2, 3]);
  expect(seedsOf(" 1, 2 ,5")).toEqual([1, 2, 5]);
  expect(seedsOf("7,5-8,5")).toEqual([7, 5, 6, 8]);
  for (const wrong of ["", "1,,2", "3-1", "-1", "1.5", "one", "4294967296", "1-"])
    expect(() => seedsOf(wrong)).toThrow(/^seeds: /);
  expect(() => seedsOf("0-4294967295")).toThrow(`4294967296 runs, and the queue holds at most ${MOST_QUEUED}`);
});

test("without anything typed it is the configuration as it is", () => {
  expect(configs({})).toEqual([tiny]);
});

test("seeds and values make a run each, the seeds of a value together; numbers stay numbers and names stay names", () => {
  const runs = configs({ seeds: "1,2", field: "group.learningRate", values: "0.1, 0.05" });
  expect(runs.map(({ seed, group }) => [group.learningRate, seed])).toEqual([
    ...[1, 2].map((seed) => [0.1, seed]),
    ...[1, 2].map((seed) => [0.05, seed]),
  ]);
  expect(configs({ field: "grouping", values: "2-2-2,2-2-4" }).map(({ grouping }) => grouping)).toEqual(["2-2-2", "2-2-4"]);
});

test("what cannot be is told with the field at fault", () => {
  expect(problem({ field: "group.steps", values: " " })).toContain("values: there are none yet");
  expect(problem({ field: "group.steps", values: "10, many" })).toContain("group.steps");
  expect(problem({ field: "grouping", values: "2-2" })).toContain("grouping");
  expect(problem({ field: "group.steps", values: "10, 10" })).toContain("runs 1 and 2 are the same");
  expect(problem({ seeds: "1-251", field: "group.steps", values: "10, 20" })).toContain("502 runs");
});

test("a sweep file's text is read as the command line reads it; what is none says why", () => {
  const found = importedRuns(
    JSON.stringify({ name: "rates", preset: "tiny", grid: { "group.learningRate": [0.1, 0.2] }, seeds: [1, 2] }),
  );
  expect(found).toMatchObject({ kind: "runs", configs: { length: 4 } });
  expect(importedRuns("{ name")).toMatchObject({ kind: "wrong", problem: expect.stringContaining("this is not JSON") });
  expect(importedRuns('{ "name": "x", "presett": "tiny" }')).toMatchObject({ problem: expect.stringContaining("presett") });
  const many = { name: "many", preset: "tiny", seeds: { from: 1, count: MOST_QUEUED + 1 } };
  expect(importedRuns(JSON.stringify(many))).toMatchObject({ problem: expect.stringContaining("501 runs") });
});
