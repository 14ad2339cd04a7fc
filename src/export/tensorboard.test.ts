import { expect, test } from "vitest";
import { readEvents } from "../../tests/support/event-reader";
import { curveColumns } from "../model/curve-columns";
import type { Metric, Resume, StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import { type CurveMoment, eventFile, eventFiles, STEP_TAGS, VALIDATION_TAGS } from "./tensorboard";

const CREATED_AT = Date.UTC(2026, 10, 22, 1, 2, 3, 456);

/** No two values are equal, and none is a float32. */
function stepMetric(stage: TrainingStage, step: number): StepMetric {
  const value = (factor: number): number => Math.sqrt(step + factor) / (factor + (stage === "group" ? 0 : 0.1));
  return {
    ...{ kind: "step", stage, step, crossEntropy: value(2), l2: value(3), overlap: value(5), weightSplit: value(7) },
    ...{ uniform: 1e-9 * value(11), total: 1e6 * value(13), learningRate: value(17), accuracy: value(19) },
    time: CREATED_AT + 1001 * step,
  };
}
function validationMetric(stage: TrainingStage, step: number): ValidationMetric {
  const value = (factor: number): number => Math.cbrt(step + factor) / factor;
  return {
    ...{ kind: "validation", stage, step, loss: value(2), top1: value(3), top5: value(5) },
    time: CREATED_AT + 1001 * step + 7,
  };
}

/** A stage with a validation every hundred steps and after its last one. */
function stageMetrics(stage: TrainingStage, steps: number): Metric[] {
  return Array.from({ length: steps }, (_, step): Metric[] => {
    const validates = (step + 1) % 100 === 0 || step + 1 === steps;
    return [stepMetric(stage, step), ...(validates ? [validationMetric(stage, step + 1)] : [])];
  }).flat();
}

// Steps of one, two and three bytes.
const METRICS = [...stageMetrics("group", 17_000), ...stageMetrics("finetune", 130)];
const RESUMES: readonly Resume[] = [
  { stage: "group", step: 300, retaken: 5, time: CREATED_AT + 600_000 },
  { stage: "group", step: 200, retaken: 100, time: CREATED_AT + 700_000 },
  { stage: "group", step: 17_000, retaken: 0, time: CREATED_AT + 800_000 },
  { stage: "finetune", step: 0, retaken: 0, time: CREATED_AT + 900_000 },
];

function filesOf(metrics: readonly Metric[], resumes: readonly Resume[] = []) {
  return eventFiles({ createdAt: CREATED_AT, resumes }, curveColumns(metrics)).map(({ name, make }) => {
    const bytes = make();
    if (bytes instanceof Promise) throw new Error("event files are made at once");
    return { name, bytes };
  });
}

test("an independent reader finds every recorded value as its float32, at its step and time, in the stage's own folder", () => {
  const files = filesOf(METRICS, RESUMES);
  const seconds = Math.floor(CREATED_AT / 1000);
  expect(files.map(({ name }) => name)).toEqual([
    `runs/group/events.out.tfevents.${seconds}.splitnet`,
    `runs/finetune/events.out.tfevents.${seconds}.splitnet`,
  ]);
  (["group", "finetune"] as const).forEach((stage, index) => {
    const { version, scalars } = readEvents(files[index]!.bytes);
    expect(version).toBe("brain.Event:2");
    expect(Object.keys(scalars)).toEqual([...STEP_TAGS, ...VALIDATION_TAGS].map(([, tag]) => tag));
    for (const [value, tag] of STEP_TAGS) expect(scalars[tag], tag).toEqual(points(stage, "step", value));
    for (const [value, tag] of VALIDATION_TAGS) expect(scalars[tag], tag).toEqual(points(stage, "validation", value));
  });
});

/** What was recorded of a value: step, seconds, float32. */
function points(stage: TrainingStage, kind: Metric["kind"], value: string): [number, number, number][] {
  return METRICS.filter((metric) => metric.stage === stage && metric.kind === kind).map((metric) => {
    const recorded = new Map<string, unknown>(Object.entries(metric)).get(value);
    return [metric.step, metric.time / 1000, Math.fround(Number(recorded))];
  });
}

test("every resume is told at its step, and what the run has kept is not lost to it", () => {
  const [group, finetune] = filesOf(METRICS, RESUMES).map(({ bytes }) => readEvents(bytes));
  expect(group!.starts.map(([step]) => step)).toEqual([200, 300, 17_000]);
  expect(finetune!.starts).toEqual([[0, (CREATED_AT + 900_000) / 1000]]);
  expect([group!.purged, finetune!.purged]).toEqual([0, 0]);
});

test("a resume makes what is taken again void: its step and those after it, validations too", () => {
  const scalars = (step: number, total: number): CurveMoment => {
    return { kind: "step", step, time: 1000 * step, values: [total, 2, 3, 4, 5, 6, 7, 8] };
  };
  const bytes = eventFile(CREATED_AT, [
    ...[0, 1, 2, 3].map((step) => scalars(step, 10 + step)),
    { kind: "validation", step: 4, time: 4000, values: [1, 2, 3] },
    { kind: "resumed", step: 2, time: 9000 },
    ...[2, 3, 4].map((step) => scalars(step, 20 + step)),
  ]);
  const { scalars: kept, purged } = readEvents(bytes);
  expect(kept["loss/total"]!.map(([step, , value]) => [step, value])).toEqual([
    [0, 10],
    [1, 11],
    [2, 22],
    [3, 23],
    [4, 24],
  ]);
  expect(kept["validation/top1"]).toEqual([]);
  expect(purged).toBe(2 * 8 + 3);
});

test("every flipped bit is found, and so is a file that is cut off", () => {
  const bytes = eventFile(CREATED_AT, [{ kind: "validation", step: 300, time: 4000, values: [1, 2, 3] }]);
  expect(readEvents(bytes).scalars["validation/loss"]).toEqual([[300, 4, 1]]);
  for (let at = 0; at < bytes.length; at += 5) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << (at % 8);
    expect(() => readEvents(flipped), `byte ${at}`).toThrow(/record \d at byte \d+: the (checksum|file ends)/);
  }
  expect(() => readEvents(bytes.subarray(0, -1))).toThrow(/the file ends within its data/);
});

test("the same run gives the same bytes, and a stage without metrics no file", () => {
  const [first, second] = [filesOf(METRICS, RESUMES), filesOf(METRICS, RESUMES)];
  first.forEach(({ name, bytes }, index) => {
    expect(name).toBe(second[index]!.name);
    expect(Buffer.compare(bytes, second[index]!.bytes)).toBe(0);
  });
  expect(filesOf(stageMetrics("finetune", 3)).map(({ name }) => name)).toEqual([expect.stringMatching(/^runs\/finetune\//)]);
  expect(filesOf([])).toEqual([]);
});
