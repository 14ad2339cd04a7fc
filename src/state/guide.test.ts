import { expect, test } from "vitest";
import type { EngineEvent } from "../protocol/events";
import { INITIAL_FACTS } from "./facts";
import { CHAPTERS, type Chapter, chapterOf } from "./guide";
import { reduce } from "./reduce";
import { FINISHED, GROUPING, NO_ADAPTER, READY, sampleRecord, sampleTraining } from "./testing";

const after = (events: readonly EngineEvent[]): Chapter | null =>
  chapterOf(events.reduce((facts, event) => reduce(facts, event, 0), INITIAL_FACTS));
const idle: EngineEvent = { kind: "activityChanged", activity: { kind: "idle" } };
const doing = (activity: Extract<EngineEvent, { kind: "activityChanged" }>["activity"]): EngineEvent => ({
  kind: "activityChanged",
  activity,
});

test("every moment of a job has its chapter, and every chapter its moment", () => {
  const moments: readonly (readonly [Chapter, readonly EngineEvent[]])[] = [
    ["welcome", [{ kind: "datasetChanged", dataset: null }]],
    ["loading", [doing({ kind: "loadingData", file: "sample data", bytesDone: 0, bytesTotal: null })]],
    ["ready", READY],
    ["grouping", GROUPING],
    ["paused", [...GROUPING, doing({ kind: "paused", runId: "run-1", stage: "group", step: 60, steps: 500 })]],
    ["interrupted", [...GROUPING, idle]],
    ["grouped", [...GROUPING, idle, { kind: "runChanged", record: sampleRecord({ phase: "grouped" }) }]],
    ["finetuning", [...FINISHED, doing(sampleTraining(3, "finetune"))]],
    ["split", FINISHED.slice(0, -1)],
    ["evaluating", [...FINISHED, doing({ kind: "evaluating", runId: "run-1", imagesDone: 1, imagesTotal: 60 })]],
    ["finished", FINISHED],
  ];
  for (const [chapter, events] of moments) expect(after(events), chapter).toBe(chapter);
  expect(moments.map(([chapter]) => chapter).toSorted()).toEqual([...CHAPTERS].toSorted());
});

test("where nothing can begin for want of a device no beginning is explained, but a run is", () => {
  const error = { name: "DeviceError", message: "no adapter", cure: "Use Chrome." };
  const missing: EngineEvent = { kind: "deviceProbed", device: { kind: "missing", error, obstacle: NO_ADAPTER } };
  expect(after([...READY, missing])).toBeNull();
  expect(after([...FINISHED, missing])).toBe("finished");
});

test("before the engine has told what is stored nothing is explained", () => {
  expect(after([])).toBeNull();
});
