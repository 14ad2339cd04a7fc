import { expect, test } from "vitest";
import { expandSweep } from "../../model/sweep";
import { exampleRecord } from "../../storage/testing";
import { estimateFromRuns } from "./estimate";
import type { RunState } from "./sweep-folder";

const STEPS = { group: { learningRateDrops: [] }, finetune: { learningRateDrops: [] } };
const { runs } = expandSweep({
  name: "s",
  preset: "tiny",
  config: STEPS,
  runs: [10, 20, 40].map((steps) => ({ "group.steps": steps, "finetune.steps": steps })),
});

function finished(seconds: number): RunState {
  const result = { record: exampleRecord("run-1"), evaluation: null, classGroups: null, agreement: null, seconds, adapter: null };
  return { kind: "finished", result };
}

test("what is left takes as long for each FLOP as what is finished took", () => {
  const states: RunState[] = [finished(5), { kind: "begun", phase: "grouping", step: 3 }, { kind: "waiting" }];
  const estimate = estimateFromRuns(runs, states, 100);
  expect(estimate?.seconds).toBeCloseTo(5 * (2 + 4), 9);
  expect(estimate?.basis).toBe("by FLOPs from 1 finished of this sweep");
  expect(estimateFromRuns(runs, [finished(4), finished(11), { kind: "waiting" }], 100)?.seconds).toBeCloseTo((15 * 4) / 3, 9);
});

test("a run that failed is still to be done, and nothing is known before one is finished", () => {
  const failed: RunState = { kind: "failed", error: { name: "", message: "", cure: "" } };
  expect(estimateFromRuns(runs, [finished(5), failed, finished(20)], 100)?.seconds).toBeCloseTo(10, 9);
  expect(estimateFromRuns(runs, [failed, failed, { kind: "waiting" }], 100)).toBeNull();
});
