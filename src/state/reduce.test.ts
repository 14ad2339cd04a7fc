import { expect, test } from "vitest";
import type { FolderHandle } from "../base/folder-handle";
import { curveColumns } from "../model/curve-columns";
import type { EngineEvent } from "../protocol/events";
import type { Activity, MirrorView } from "../protocol/views";
import { classGroupsOf, classOrderOf, summarizeAssignment } from "./assignment";
import { type Facts, INITIAL_FACTS } from "./facts";
import { dismissFailure, reduce } from "./reduce";
import { columnOf } from "./series";
import { runControls, stageState } from "./stages";
import {
  FINISHED,
  GROUPING,
  READY,
  sampleAssignment,
  sampleBlocks,
  sampleDataset,
  sampleRecord,
  sampleStep,
  sampleTraining,
  sampleValidation,
} from "./testing";
import { unsavedSteps } from "./unsaved";

const after = (events: readonly EngineEvent[], start: Facts = INITIAL_FACTS) =>
  events.reduce((facts, event, index) => reduce(facts, event, 1000 + index), start);

test("metrics of the open run become curves at full resolution, those of other runs do not", () => {
  const facts = after([...GROUPING, { kind: "metricsRecorded", runId: "run-9", metrics: [sampleStep(60)] }]);
  const { steps, validations } = facts.open!.curves.group;
  expect([...columnOf(steps, "step")]).toEqual([...Array(60).keys()]);
  expect(columnOf(steps, "accuracy")[57]).toBeCloseTo(1 - 1 / 60, 12);
  expect([...columnOf(validations, "top1")]).toEqual([0.61]);
  expect(facts.open!.curves.finetune.steps.length).toBe(0);
});

test("resuming rewinds the curves: steps from there and validations after it are void", () => {
  const metrics = [sampleValidation(20), sampleValidation(40)];
  const facts = after([
    ...GROUPING,
    { kind: "metricsRecorded", runId: "run-1", metrics },
    { kind: "metricsRewound", runId: "run-1", stage: "group", step: 40 },
  ]);
  expect(facts.open!.curves.group.steps.length).toBe(40);
  const again = after([{ kind: "metricsRecorded", runId: "run-1", metrics: [sampleStep(40)] }], facts);
  expect(columnOf(again.open!.curves.group.steps, "step").at(-1)).toBe(40);
});

test("a rewound validation after the step is dropped and one at the step is kept", () => {
  const metrics = [sampleValidation(100, "finetune"), sampleValidation(200, "finetune")];
  const start = after([...READY, { kind: "runOpened", run: { record: sampleRecord(), curves: curveColumns(metrics) } }]);
  const facts = after([{ kind: "metricsRewound", runId: "run-1", stage: "finetune", step: 100 }], start);
  expect([...columnOf(facts.open!.curves.finetune.validations, "step")]).toEqual([100]);
});

test("opening another run forgets what was told of the one before", () => {
  const facts = after([
    ...FINISHED,
    { kind: "runOpened", run: { record: sampleRecord({ id: "run-2" }), curves: curveColumns([]) } },
  ]);
  expect(facts.open).toMatchObject({ split: null, evaluation: null, assignments: null, exported: null });
  expect(facts.runs!.map(({ id }) => id)).toEqual(["run-2", "run-1"]);
});

test("a run opened anew keeps its groups and results in sight until they are read again", () => {
  const opened = {
    kind: "runOpened",
    run: { record: sampleRecord({ checkpointStep: 7 }), curves: curveColumns([sampleStep(3)]) },
  } as const;
  const { evaluation, split, assignments } = after(FINISHED).open!;
  const facts = after([...FINISHED, opened]);
  expect(facts.open).toMatchObject({ evaluation, split, assignments, record: { checkpointStep: 7 } });
  expect([...columnOf(facts.open!.curves.group.steps, "step")]).toEqual([3]);
  const read = { kind: "historyRead", runId: "run-1", history: [] } as const;
  expect(after([...FINISHED, opened, read]).open!.history).toEqual([]);
});

test("a removed run is no longer open, and removed data leave no images", () => {
  const facts = after([
    ...FINISHED,
    { kind: "imagesLoaded", labels: [1], rgba: new Uint8ClampedArray(4096) },
    { kind: "runsListed", runs: [] },
    { kind: "datasetChanged", dataset: null },
  ]);
  expect(facts).toMatchObject({ open: null, images: null, dataset: { kind: "none" } });
});

const VERIFYING: Activity = { kind: "verifying", runId: "run-1", done: 2, total: 9 };
const EXPORTING: EngineEvent = {
  kind: "activityChanged",
  activity: { kind: "exporting", runId: "run-1", filesDone: 0, filesTotal: null },
};

test("steps are announced once a tenth of a stage, state changes once each", () => {
  const steps = Array.from({ length: 101 }, (_, i): EngineEvent => ({ kind: "activityChanged", activity: sampleTraining(i) }));
  const facts = after(steps, after(READY));
  const kinds = facts.notices.slice(2).map(({ what }) => what.kind);
  expect(kinds).toEqual(["stageStarted", "stageProgressed", "stageProgressed"]);
});

test("another tab is announced once it has told what it does, and when it is done", () => {
  const told = (elsewhere: Facts["elsewhere"]): EngineEvent => ({ kind: "elsewhereChanged", elsewhere });
  const training = { work: "training", runId: "run-1" } as const;
  const facts = after([...READY, told({ work: null, runId: null }), told(training), told(training), told(null), told(null)]);
  expect(facts.notices.slice(2).map(({ what }) => what)).toEqual([
    { kind: "elsewhere", elsewhere: training },
    { kind: "elsewhere", elsewhere: null },
  ]);
});

test("sleeps at one step are one gap, each step has its own", () => {
  const slept: EngineEvent = { kind: "slept", milliseconds: 60_000 };
  const facts = after([...GROUPING, slept, slept, { kind: "activityChanged", activity: sampleTraining(61) }, slept]);
  expect(facts.open!.sleeps).toEqual([
    { stage: "group", step: 60, seconds: 120 },
    { stage: "group", step: 61, seconds: 60 },
  ]);
});

test("a stage that ends early is announced as stopped, one that ends complete as finished", () => {
  const stopped = after([...GROUPING, { kind: "activityChanged", activity: { kind: "idle" } }]);
  expect(stopped.notices.at(-1)!.what).toEqual({ kind: "stageStopped", stage: "group", step: 60 });
  const kinds = after(FINISHED).notices.map(({ what }) => what.kind);
  expect(kinds.filter((kind) => kind === "stageFinished")).toHaveLength(2);
  expect(kinds).not.toContain("stageStopped");
});

test("failures pile up newest first until they are dismissed; the run's own failure is announced too", () => {
  const error = { name: "ArchiveError", message: "train.bin ends early", cure: "Download it again." };
  const facts = after([...READY, { kind: "requestFailed", requestId: 4, error }]);
  expect(facts.failures).toEqual([{ id: 0, error }]);
  expect(facts.notices.at(-1)!.what).toEqual({ kind: "failed", error });
  expect(dismissFailure(facts, 0).failures).toEqual([]);
  const failed = after([...GROUPING, { kind: "runChanged", record: sampleRecord({ failure: error }) }]);
  expect(failed.notices.at(-1)!.what).toEqual({ kind: "failed", error });
});

test("members are ordered by group, then by falling confidence", () => {
  const { order, sizes, entropy, decided } = summarizeAssignment(sampleAssignment("stage_3", 8));
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(sizes).toEqual([4, 4]);
  expect(decided).toBeCloseTo(4 / 8, 12);
  expect(entropy).toBeGreaterThan(0.2);
  expect(entropy).toBeLessThan(0.9);
  expect(summarizeAssignment({ space: "x", groups: 2, size: 1, probabilities: Float32Array.of(0.5, 0.5) }).entropy).toBeCloseTo(
    1,
  );
});

test("class groups are the likeliest ones until the split is planned", () => {
  expect(classGroupsOf(after(GROUPING).open!)).toMatchObject({ final: false, groupOf: [0, 0, 0, 1, 1, 1] });
  expect(classGroupsOf(after(FINISHED).open!)).toMatchObject({ final: true, groups: 2 });
  const classes = {
    groups: { final: true, groups: 2, groupOf: [1, 0, 1, 0], confidence: null },
    superclassOf: [0, 1, 0, 0],
    names: ["d", "c", "b", "a"],
    accuracy: [0.5, 0.9, 0.5, 0.1],
  };
  expect(classOrderOf("group", classes)).toEqual([3, 1, 0, 2]);
  expect(classOrderOf("group", { ...classes, groups: null })).toEqual([0, 2, 3, 1]);
  expect(classOrderOf("superclass", classes)).toEqual([0, 2, 3, 1]);
  expect(classOrderOf("name", classes)).toEqual([3, 2, 1, 0]);
  expect(classOrderOf("accuracy", classes)).toEqual([1, 0, 2, 3]);
});

test("each stage says what it waits for", () => {
  const full = { precision: "f32" } as const;
  const obstacles = (facts: Facts, config: Parameters<typeof stageState>[2] = full) =>
    (["group", "split", "evaluate", "export"] as const).map((stage) => stageState(stage, facts, config).obstacle);
  expect(obstacles(INITIAL_FACTS)[0]).toBe("deviceProbing");
  expect(obstacles(after(READY))).toEqual([null, "noRun", "noRun", "noRun"]);
  expect(obstacles(after(READY), null)[0]).toBe("configInvalid");
  expect(obstacles(after(GROUPING))).toEqual(["busy", "busy", "busy", "busy"]);
  const grouped = after(
    [{ kind: "runOpened", run: { record: sampleRecord({ phase: "grouped" }), curves: curveColumns([]) } }],
    after(READY),
  );
  expect(obstacles(grouped)).toEqual([null, null, null, "notFinetuned"]);
  expect(obstacles(after(FINISHED))).toEqual([null, "alreadySplit", null, null]);
  expect(obstacles(after([{ kind: "datasetChanged", dataset: null }], grouped))[1]).toBe("noData");
  expect(stageState("evaluate", after(FINISHED), full).status).toBe("done");
});

test("half precision waits for a device that has it", () => {
  const half = { precision: "f16" } as const;
  expect(stageState("group", after(READY), half).obstacle).toBeNull();
  const kernels = { kind: "untested" } as const;
  const device = {
    kind: "hardware",
    description: "Older GPU",
    features: ["timestamp-query"],
    maxBufferBytes: 97,
    kernels,
  } as const;
  const older = after([{ kind: "deviceProbed", device }], after(READY));
  expect(stageState("group", older, half).obstacle).toBe("noHalfPrecision");
  expect(stageState("group", older, { precision: "f32" }).obstacle).toBeNull();
});

test("leaving loses the steps since the last checkpoint while a run trains or is paused, and nothing else", () => {
  expect(unsavedSteps(after(READY))).toBe(0);
  expect(unsavedSteps(after(GROUPING))).toBe(60);
  const stored: EngineEvent = { kind: "runChanged", record: sampleRecord({ checkpointStep: 50 }) };
  expect(unsavedSteps(after([...GROUPING, stored]))).toBe(10);
  const paused = (step: number): EngineEvent => ({
    kind: "activityChanged",
    activity: { kind: "paused", runId: "run-1", stage: "group", step, steps: 500 },
  });
  expect(unsavedSteps(after([...GROUPING, stored, paused(60)]))).toBe(10);
  expect(unsavedSteps(after([...GROUPING, stored, paused(50)]))).toBe(0);
  expect(unsavedSteps(after([...GROUPING, stored, { kind: "activityChanged", activity: { kind: "idle" } }]))).toBe(0);
});

test("an interrupted run can be resumed, a running one paused and stopped", () => {
  expect(runControls(after(GROUPING))).toEqual({ pause: true, stop: true, resume: null });
  const interrupted = after([...GROUPING, { kind: "activityChanged", activity: { kind: "idle" } }]);
  expect(runControls(interrupted)).toEqual({ pause: false, stop: false, resume: "run-1" });
  expect(runControls(after(FINISHED)).resume).toBeNull();
  const verifying = after([...FINISHED, { kind: "activityChanged", activity: VERIFYING }]);
  expect(runControls(verifying)).toEqual({ pause: false, stop: true, resume: null });
  expect(stageState("export", verifying, null)).toEqual({ status: "active", obstacle: "busy" });
});

test("an export that is verified first is announced once", () => {
  const events: readonly EngineEvent[] = [EXPORTING, { kind: "activityChanged", activity: VERIFYING }, EXPORTING];
  const before = after(FINISHED);
  expect(after(events, before).notices.slice(before.notices.length)).toMatchObject([{ what: { kind: "exporting" } }]);
});

test("what is removed, taken back and freed is told once each; what was removed before this visit is not", () => {
  const run = (runId: string) => ({ kind: "run", runId, createdAt: 7, bytes: 1 }) as const;
  const bin = (...removed: Extract<EngineEvent, { kind: "removedChanged" }>["removed"]): EngineEvent => ({
    kind: "removedChanged",
    removed,
  });
  const told = (events: EngineEvent[], from = after([...READY, bin(run("old"))])) =>
    after(events, from)
      .notices.slice(from.notices.length)
      .map(({ what }) => what.kind);
  expect(after([bin(run("old"))], after([...READY])).notices).toEqual(after([...READY]).notices);
  expect(told([bin(run("new"), run("old"))])).toEqual(["runRemoved"]);
  expect(told([{ kind: "runsListed", runs: [sampleRecord({ id: "old" })] }, bin()])).toEqual(["runRestored"]);
  expect(told([bin()])).toEqual(["runFreed"]);
  const data = { kind: "dataset", source: "sample data", bytes: 5 } as const;
  const without = after([{ kind: "datasetChanged", dataset: null }, bin(run("old"), data)], after([...READY, bin(run("old"))]));
  expect(without.notices.at(-1)?.what.kind).toBe("dataRemoved");
  expect(told([bin(run("old"))], without)).toEqual(["dataFreed"]);
  expect(told([{ kind: "datasetChanged", dataset: sampleDataset }, bin(run("old"))], without)).toEqual(["dataStored"]);
});

test("each turn of mirroring is told once; that it goes on as at the last visit is not", () => {
  const on = { kind: "on", folder: "backup", writtenAt: 7, failure: null } as const;
  const failure = { name: "StorageError", message: "gone", cure: "Put it back." };
  const told = (...mirrors: MirrorView[]) =>
    after(mirrors.map((mirror) => ({ kind: "mirrorChanged", mirror }) as const)).notices.map(({ what }) => what.kind);
  expect(told({ kind: "off" }, on, { ...on, writtenAt: 8 })).toEqual(["mirrorOn"]);
  expect(told(on)).toEqual([]);
  expect(told(on, { ...on, failure }, { ...on, failure }, on)).toEqual(["mirrorFailed", "mirrorWorks"]);
  expect(told(on, { kind: "off" }, { kind: "off" })).toEqual(["mirrorOff"]);
  const folder = { name: "backup" } as FolderHandle;
  const waiting = { kind: "waiting", folder, writtenAt: 7 } as const;
  expect(told(waiting, waiting, on)).toEqual(["mirrorWaiting", "mirrorOn"]);
});

test("kept assignments make the history, live ones do not, and a rewind of stage 1 shortens it", () => {
  const assignments = [sampleAssignment("classes", 6)];
  const at = (step: number, kept: boolean): EngineEvent => ({
    kind: "assignmentsChanged",
    runId: "run-1",
    step,
    assignments,
    blocks: kept ? [sampleBlocks("logits/fc", step)] : null,
    kept,
  });
  const steps = (facts: Facts) => facts.open?.history.map(({ step }) => step);
  const grown = after([at(70, true), at(75, false), at(80, true), at(90, true)], after(GROUPING));
  expect(steps(grown)).toEqual([60, 70, 80, 90]);
  expect(grown.open!.history.at(-1)!.blocks).toEqual([sampleBlocks("logits/fc", 90)]);
  const rewound = after([{ kind: "metricsRewound", runId: "run-1", stage: "group", step: 80 }], grown);
  expect(steps(rewound)).toEqual([60, 70, 80]);
  expect(steps(after([at(80, true), at(90, true)], rewound))).toEqual([60, 70, 80, 90]);
  const second = after([{ kind: "metricsRewound", runId: "run-1", stage: "finetune", step: 0 }], grown);
  expect(steps(second)).toEqual([60, 70, 80, 90]);
});
