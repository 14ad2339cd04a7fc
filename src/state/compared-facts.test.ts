import { expect, test } from "vitest";
import { progressOf } from "../model/run";
import type { RunLine } from "../protocol/comparison";
import { lackingRuns, NOTHING_COMPARED, withLines, withSummaries } from "./compared-facts";
import { sampleRecord, sampleSummary } from "./testing";

const records = ["a", "b", "c"].map((id) => sampleRecord({ id }));
const error = { name: "StorageError", message: "it is damaged", cure: "Start anew." };
const line = (runId: string): RunLine => {
  const values = Float64Array.of(1);
  return { runId, progress: progressOf(sampleRecord()), steps: values, times: values, values };
};
const lines = (ids: readonly string[], kept: readonly string[] = [], metric: "top1" | "loss" = "top1") => ({
  ...({ stage: "group", metric } as const),
  ...{ lines: ids.map(line), unreadable: [], kept },
});

test("summaries come in drops, and what cannot be read is known to be so", () => {
  const first = withSummaries(NOTHING_COMPARED, { summaries: [sampleSummary({ runId: "a" })], unreadable: [] });
  const { progress } = sampleSummary();
  const both = withSummaries(first, { summaries: [], unreadable: [{ runId: "b", progress, error }] });
  expect(lackingRuns(records, both.summaries).map(({ id }) => id)).toEqual(["c"]);
});

test("of a run that has come further nothing is known until it is told anew", () => {
  const told = withSummaries(NOTHING_COMPARED, { summaries: [sampleSummary({ runId: "a" })], unreadable: [] });
  for (const further of [{ checkpointStep: 7 }, { phase: "grouped" }, { evaluated: true }] as const) {
    expect(lackingRuns([sampleRecord({ id: "a", ...further })], told.summaries)).toHaveLength(1);
  }
});

test("lines of one metric are joined to those that the page keeps; others, and those of another metric, are let go", () => {
  const two = withLines(NOTHING_COMPARED, lines(["a", "b"]));
  const ids = (facts: typeof two) => Object.keys(facts.lines?.byRun ?? {});
  expect(ids(withLines(two, lines(["c"], ["b"])))).toEqual(["b", "c"]);
  expect(ids(withLines(two, lines(["c"], ["b"], "loss")))).toEqual(["c"]);
});
