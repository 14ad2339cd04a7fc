import { expect, test } from "vitest";
import type { Config } from "../model/config";
import { presetConfig } from "../model/presets";
import type { QueueEntry } from "../protocol/queue";
import { controlObstacle, controlsOf, missingControls, possibleSources } from "./control-runs";
import { sampleEntry, sampleRecord } from "./testing";

const tiny = presetConfig("tiny");
const grouped = sampleRecord({ phase: "grouped" });

test("only a run that has learned groups can be compared with controls", () => {
  const given: Config = { ...tiny, fixedGroups: { source: "random", classes: [0, 1, 0, 1, 0, 1], channels: {} } };
  const obstacles = [
    controlObstacle(null),
    controlObstacle({ record: sampleRecord() }),
    controlObstacle({ record: sampleRecord({ phase: "finetuned", config: given }) }),
    controlObstacle({ record: sampleRecord({ phase: "finetuned", config: { ...tiny, grouping: "1-1-1" } }) }),
    controlObstacle({ record: grouped }),
  ];
  expect(obstacles).toEqual(["noRun", "ungrouped", "given", "unsplit", null]);
});

test("superclasses are merged only where there are as many as groups", () => {
  expect(possibleSources(grouped)).toContain("semantic");
  expect(possibleSources({ ...grouped, superclassOf: [0, 0, 0, 0, 0, 0] })).not.toContain("semantic");
});

test("what is in the queue is not planned again, what failed or was removed is", () => {
  const of = (source: "random" | "unsplit" | "semantic", changes: Partial<QueueEntry> = {}): QueueEntry =>
    sampleEntry({ job: { kind: "control", source, runId: grouped.id, seed: tiny.seed }, ...changes });
  const error = { name: "Error", message: "no", cure: "yes" };
  const entries = [
    of("random"),
    of("unsplit", { state: { kind: "failed", runId: null, error } }),
    of("semantic", { removedAt: 7 }),
    sampleEntry(),
  ];
  const queue = { running: false, entries, problem: null };
  expect(controlsOf(queue, grouped.id)).toEqual(entries.slice(0, 2));
  expect(controlsOf(queue, "run-2")).toEqual([]);
  const planned = missingControls(grouped, queue, ["random", "unsplit", "semantic"], [tiny.seed]);
  expect(planned.map(({ source }) => source)).toEqual(["unsplit", "semantic"]);
});
