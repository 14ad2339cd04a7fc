import { expect, test } from "vitest";
import type { RunSummary } from "../model/run-summary";
import { parseRunSummary, storedSummary } from "./run-summary";

const summary: RunSummary = {
  runId: "run-1",
  progress: "finetuned, 300, evaluated, 0",
  best: { stage: "finetune", step: 250, top1: 0.75 },
  unsplit: 0.5,
  split: null,
  cost: { unsplit: { parameters: 10, flops: 20 }, split: null },
  classGroups: [0, 1, 1, 0],
};

test("a summary reads back as it was stored, for its own run alone", () => {
  const stored: unknown = JSON.parse(JSON.stringify(storedSummary(summary)));
  expect(parseRunSummary(stored, "run-1")).toEqual(summary);
  expect(parseRunSummary(stored, "run-2")).toBeNull();
});

test("what is none, is of another version or is huge is passed over: it can be made again", () => {
  const wrong: readonly unknown[] = [
    undefined,
    null,
    7,
    { version: 2, summary },
    { version: 1, summary: { ...summary, split: 1.5 } },
    { version: 1, summary: { ...summary, best: { stage: "group", step: -1, top1: 0 } } },
    { version: 1, summary: { ...summary, more: 1 } },
    { version: 1, summary: { ...summary, classGroups: Array<number>(1_000_000).fill(0) } },
  ];
  expect(wrong.map((value) => parseRunSummary(value, "run-1"))).toEqual(wrong.map(() => null));
});
