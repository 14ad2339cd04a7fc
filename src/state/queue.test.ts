import { expect, test } from "vitest";
import { groupingSpec } from "../model/build";
import { totalCost } from "../model/cost";
import { presetConfig } from "../model/presets";
import type { EngineEvent } from "../protocol/events";
import type { QueueEntry } from "../protocol/queue";
import type { ProbeView } from "../protocol/views";
import { INITIAL_FACTS } from "./facts";
import { entryProgress, entrySeconds, isLeft, totalTime, trainingFlops } from "./queue";
import { reduce } from "./reduce";
import { stageState } from "./stages";
import { GROUPING, READY, sampleEntry, sampleRecord, sampleTraining } from "./testing";

const tiny = presetConfig("tiny");
const after = (...events: readonly EngineEvent[]) =>
  events.reduce((facts, event, index) => reduce(facts, event, 1000 + index), INITIAL_FACTS);
const begun = sampleEntry({ id: 1, state: { kind: "begun", runId: "run-1" } });
const [group, finetune] = [tiny.group.steps, tiny.finetune.steps];

const probe: ProbeView = {
  config: tiny,
  classes: 6,
  device: "Example GPU",
  stages: {
    group: { secondsAStep: 0.5, imagesASecond: 1, stepsTimed: 10, deviceBytes: null },
    finetune: { secondsAStep: 0.25, imagesASecond: 1, stepsTimed: 10, deviceBytes: null },
  },
};

test("what is left is neither done, nor failed, nor removed", () => {
  const error = { name: "Error", message: "no", cure: "yes" };
  const states: QueueEntry["state"][] = [
    { kind: "waiting" },
    { kind: "starting", runId: "a" },
    { kind: "begun", runId: "a" },
    { kind: "finished", runId: "a" },
    { kind: "failed", runId: null, error },
  ];
  expect(states.map((state) => isLeft(sampleEntry({ state })))).toEqual([true, true, true, false, false]);
  expect(isLeft(sampleEntry({ removedAt: 5 }))).toBe(false);
});

test("progress counts the steps of both stages: as the engine tells while it trains, else up to the last checkpoint", () => {
  expect(entryProgress(sampleEntry(), after(...GROUPING))).toBeNull();
  expect(entryProgress(begun, after(...GROUPING))).toBeCloseTo(60 / (group + finetune), 12);
  const at = (changes: Parameters<typeof sampleRecord>[0]) =>
    entryProgress(begun, after(...READY, { kind: "runChanged", record: sampleRecord(changes) }));
  expect(at({ checkpointStep: 50 })).toBeCloseTo(50 / (group + finetune), 12);
  expect(at({ phase: "grouped", checkpointStep: group })).toBeCloseTo(group / (group + finetune), 12);
  expect(at({ phase: "finetuning", checkpointStep: 10 })).toBeCloseTo((group + 10) / (group + finetune), 12);
  expect(at({ phase: "finetuned", checkpointStep: finetune })).toBe(1);
});

test("time left is that of the speed at which a run as fast trains now, else of what was measured here, else not known", () => {
  const images = group * tiny.group.batchSize + finetune * tiny.finetune.batchSize;
  expect(entrySeconds(sampleEntry(), after(...GROUPING))).toBeCloseTo(images / 321, 9);
  expect(entrySeconds(begun, after(...GROUPING))).toBeCloseTo((images - 60 * tiny.group.batchSize) / 321, 9);
  expect(entrySeconds(sampleEntry(), after(...READY))).toBeNull();
  const probed = after(...READY, { kind: "probed", probe });
  expect(entrySeconds(sampleEntry(), probed)).toBeCloseTo(0.5 * group + 0.25 * finetune, 9);
  const wide = sampleEntry({ job: { kind: "config", config: { ...tiny, model: { depth: 10, widen: 7 } }, point: "" } });
  expect(entrySeconds(wide, probed)).toBeNull();
  expect(entrySeconds(wide, after(...GROUPING, { kind: "activityChanged", activity: sampleTraining(61) }))).toBeNull();
});

test("while the queue is at work no stage can start, and the reason is the queue", () => {
  const running: EngineEvent = { kind: "queueChanged", queue: { running: true, entries: [begun], problem: null } };
  expect(stageState("group", after(...GROUPING, running), tiny).obstacle).toBe("queue");
  expect(stageState("group", after(...GROUPING), tiny).obstacle).toBe("busy");
});

test("a control takes as long as the run that it is a control of; of one that is gone nothing is known", () => {
  const facts = after(...READY, { kind: "probed", probe }, { kind: "runChanged", record: sampleRecord() });
  const control = (runId: string) => sampleEntry({ job: { kind: "control", source: "random", runId, seed: 3 } });
  expect(entrySeconds(control("run-1"), facts)).toBe(entrySeconds(sampleEntry(), facts));
  expect(entrySeconds(control("gone"), facts)).toBeNull();
});

test("times that are not known are counted, not taken for nothing", () => {
  expect(totalTime([3, null, 4, null])).toEqual({ seconds: 7, unknown: 2 });
});

test("training takes three forward passes for every image of both stages", () => {
  const images = group * tiny.group.batchSize + finetune * tiny.finetune.batchSize;
  expect(trainingFlops(tiny, 6)).toBe(3 * images * totalCost(groupingSpec(tiny, 6)).flops);
});

test("that the queue goes on, pauses or is done is a line in the log, and an entry of which no run could be made says why", () => {
  const queue = (running: boolean, ...entries: QueueEntry[]): EngineEvent => ({
    kind: "queueChanged",
    queue: { running, entries, problem: null },
  });
  const error = { name: "RequestError", message: "there is no run x", cure: "Choose another." };
  const failed = sampleEntry({ state: { kind: "failed", runId: null, error } });
  const told = (...events: EngineEvent[]) =>
    after(...READY, ...events)
      .notices.slice(after(...READY).notices.length)
      .map(({ what }) => what);
  expect(told(queue(true, sampleEntry(), begun), queue(true, failed, begun), queue(false, failed, begun))).toEqual([
    { kind: "queueStarted", left: 2 },
    { kind: "failed", error },
    { kind: "queuePaused", left: 1 },
  ]);
  expect(told(queue(true, begun), queue(false, { ...begun, state: { kind: "finished", runId: "a" } }))).toEqual([
    { kind: "queueStarted", left: 1 },
    { kind: "queueDone" },
  ]);
});
