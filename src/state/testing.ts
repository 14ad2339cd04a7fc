import { curveColumns } from "../model/curve-columns";
import { presetConfig } from "../model/presets";
import { progressOf, type RunRecord, type StepMetric, type TrainingStage, type ValidationMetric } from "../model/run";
import type { RunSummary } from "../model/run-summary";
import type { EngineEvent } from "../protocol/events";
import type { HealthView } from "../protocol/health";
import type { QueueEntry } from "../protocol/queue";
import type {
  Activity,
  AssignmentView,
  BlockMassView,
  BranchTimingView,
  DatasetView,
  ObstacleView,
  TrialView,
  TriedView,
} from "../protocol/views";
import type { EvaluationPair, EvaluationReport, SubsetAccuracy } from "../splitnet/evaluation";
import type { SplitTree } from "../splitnet/tree";

/** Small consistent facts for tests: six classes of two superclasses, two groups. */
export const SAMPLE_CLASSES = ["apple", "pear", "plum", "bus", "tram", "train"];
const SUPERCLASS_OF = [0, 0, 0, 1, 1, 1];

export const sampleDataset: DatasetView = {
  id: "data-1",
  source: "sample data",
  original: null,
  trainCount: 600,
  testCount: 60,
  validationCount: 60,
  splitSeed: 7,
  classes: SAMPLE_CLASSES,
  superclasses: ["fruit", "vehicles"],
  superclassOf: SUPERCLASS_OF,
  trainPerClass: [100, 101, 99, 100, 103, 97],
  testPerClass: [10, 10, 10, 10, 10, 10],
};

export function sampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: "run-1",
    createdAt: 1_700_000_000_000,
    config: presetConfig("tiny"),
    datasetId: "data-1",
    datasetSource: "sample data",
    classes: SAMPLE_CLASSES,
    superclasses: ["fruit", "vehicles"],
    superclassOf: SUPERCLASS_OF,
    phase: "grouping",
    checkpointStep: 0,
    evaluated: false,
    resumes: [],
    forkedFrom: null,
    importedFrom: null,
    failure: null,
    ...changes,
  };
}

/** A run that is split, as its groups are the superclasses but for one class. */
export function sampleSummary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    runId: "run-1",
    progress: progressOf(sampleRecord()),
    best: { stage: "group", step: 50, top1: 0.61 },
    unsplit: 0.7,
    split: 0.8,
    cost: { unsplit: sampleTree.unsplit, split: sampleTree.split },
    classGroups: [0, 0, 0, 1, 1, 0],
    ...changes,
  };
}

/** A run that waits in the queue. */
export function sampleEntry(changes: Partial<QueueEntry> = {}): QueueEntry {
  return {
    id: 0,
    job: { kind: "config", config: presetConfig("tiny"), point: "" },
    emptyGroups: "fail",
    state: { kind: "waiting" },
    removedAt: null,
    ...changes,
  };
}

export function sampleStep(step: number, stage: TrainingStage = "group"): StepMetric {
  const part = 1 / (step + 3);
  return {
    kind: "step",
    stage,
    step,
    crossEntropy: 2 + part,
    l2: 0.3,
    overlap: part,
    weightSplit: 0.7,
    uniform: 10.1,
    total: 13.1 + 2 * part,
    learningRate: 0.05,
    accuracy: 1 - part,
    time: 1_700_000_000_000 + step,
  };
}

export function sampleValidation(step: number, stage: TrainingStage = "group"): ValidationMetric {
  return { kind: "validation", stage, step, loss: 1.5, top1: 0.61, top5: 0.93, time: 1_700_000_000_000 + step };
}

/** Members 0 .. size/2 - 1 lean to group 0, the rest to group 1. */
export function sampleAssignment(space: string, size: number): AssignmentView {
  const probabilities = new Float32Array(2 * size);
  for (let member = 0; member < size; member++) {
    const first = member < size / 2 ? 0.95 - member / (10 * size) : 0.2 + member / (10 * size);
    probabilities[member] = first;
    probabilities[size + member] = 1 - first;
  }
  return { space, groups: 2, size, probabilities };
}

/** Two groups whose off-block mass is 60 of 60 + step. */
export function sampleBlocks(layer: string, step: number): BlockMassView {
  return { layer, groups: 2, mass: Float32Array.of(step / 2, 20, 40, step / 2) };
}

/** An image that branch 2 answers, and nearly so before the split. */
export function sampleTried(changes: Partial<TriedView> = {}): TriedView {
  const answer = (...probabilities: number[]): TrialView => ({
    probabilities: Float32Array.from(probabilities),
    groupMeans: [0.125, 0.75],
  });
  return {
    runId: "run-1",
    image: { kind: "test", index: 17, label: 4 },
    rgba: new Uint8ClampedArray(4096).fill(200),
    unsplit: answer(0.25, 0.0625, 0.0625, 0.125, 0.375, 0.125),
    split: answer(0.03125, 0.03125, 0.0625, 0.125, 0.625, 0.125),
    ...changes,
  };
}

/** Branches that are slower in parallel than whole; the largest batch does not fit. */
export const sampleTiming: BranchTimingView = {
  runId: "run-1",
  device: "Example GPU",
  software: false,
  devices: 3,
  batches: [
    { batch: 1, seconds: { unsplit: 0.004, split: 0.002, parallel: 0.005 }, difference: 1.5e-7 },
    { batch: 256, seconds: null, difference: null },
  ],
};

export const sampleTree: SplitTree = {
  root: {
    label: "trunk",
    group: 0,
    cost: { parameters: 1000, flops: 50_000 },
    classes: [0, 1, 2, 3, 4, 5],
    children: [
      { label: "branch 1", group: 0, cost: { parameters: 2000, flops: 30_000 }, classes: [0, 1, 2], children: [] },
      { label: "branch 2", group: 1, cost: { parameters: 3000, flops: 40_000 }, classes: [3, 4, 5], children: [] },
    ],
  },
  unsplit: { parameters: 10_000, flops: 200_000 },
  split: { parameters: 6000, flops: 120_000 },
};

export function sampleEvaluation(): EvaluationPair {
  return { unsplit: report(7, 0.0021), split: report(8, 0.0013) };
}

function report(right: number, secondsPerImage: number): EvaluationReport {
  const confusion = SAMPLE_CLASSES.flatMap((_, truth) =>
    SAMPLE_CLASSES.map((__, predicted) => (truth === predicted ? right : predicted === (truth + 1) % 6 ? 10 - right : 0)),
  );
  const subsets = (count: number): SubsetAccuracy[] =>
    Array.from({ length: count }, (_, index) => ({ index, count: 60 / count, top1: right / 10 }));
  return {
    count: 60,
    loss: 0.8,
    top1: right / 10,
    top5: 0.99,
    secondsPerImage,
    predictions: [],
    truthScores: [],
    predictionScores: [],
    confusion,
    perClass: subsets(6),
    perGroup: subsets(2),
    perSuperclass: subsets(2),
  };
}

export function sampleTraining(step: number, stage: TrainingStage = "group"): Activity {
  return { kind: "training", runId: "run-1", stage, step, steps: 500, imagesPerSecond: 321, secondsLeft: 75 };
}

/** An engine on a device that got its kernels wrong. */
export const sampleHealth: HealthView = {
  version: "0.1.0",
  device: {
    software: false,
    vendor: "acme",
    architecture: "mark-2",
    device: "",
    driver: "acme driver 535.1",
    features: ["shader-f16", "subgroups"],
    limits: { maxBufferSize: 2_147_483_648 },
    kernels: { kind: "stock", reason: "loss l2: 3 instead of 2" },
    bytes: 123_400_000,
    buffers: 311,
  },
  speed: { stage: "group", imagesASecond: { now: 900, median: 1000 }, millisecondsAStep: { now: 100, median: 90 } },
  storage: { filesIn: "OPFS", estimate: { used: 5e6, allowed: 1e9, persistent: true } },
  browser: {
    userAgent: "Example/1.0",
    hasWebGpu: true,
    isSecureContext: true,
    crossOriginIsolated: false,
    hasLocks: true,
    processors: 8,
  },
};

/** A browser in which no adapter was found. */
export const NO_ADAPTER: ObstacleView = { why: "noAdapter", browser: "chrome", version: 140, system: "linux" };

/** Events of a page that has found device and data. */
export const READY: readonly EngineEvent[] = [
  {
    kind: "deviceProbed",
    device: {
      kind: "hardware",
      description: "Example GPU",
      features: ["shader-f16"],
      maxBufferBytes: 2_147_483_648,
      kernels: { kind: "untested" },
    },
  },
  { kind: "datasetChanged", dataset: sampleDataset },
  { kind: "runsListed", runs: [] },
  { kind: "queueChanged", queue: { running: false, entries: [], problem: null } },
  { kind: "activityChanged", activity: { kind: "idle" } },
];
/** Then a run in the middle of grouping. */
export const GROUPING: readonly EngineEvent[] = [
  ...READY,
  { kind: "runOpened", run: { record: sampleRecord(), curves: curveColumns([]) } },
  { kind: "activityChanged", activity: sampleTraining(0) },
  { kind: "metricsRecorded", runId: "run-1", metrics: [...Array(60).keys()].map((step) => sampleStep(step)) },
  { kind: "metricsRecorded", runId: "run-1", metrics: [sampleValidation(50)] },
  {
    kind: "assignmentsChanged",
    runId: "run-1",
    step: 60,
    assignments: [sampleAssignment("classes", 6), sampleAssignment("stage_3", 64)],
    blocks: [sampleBlocks("unit_3_0/conv_1", 60), sampleBlocks("logits/fc", 60)],
    kept: true,
  },
  { kind: "activityChanged", activity: sampleTraining(60) },
];
/** Then all stages done. */
export const FINISHED: readonly EngineEvent[] = [
  ...GROUPING,
  { kind: "runChanged", record: sampleRecord({ phase: "grouped" }) },
  { kind: "activityChanged", activity: { kind: "idle" } },
  { kind: "splitPlanned", runId: "run-1", tree: sampleTree, classGroups: [0, 0, 0, 1, 1, 1] },
  { kind: "activityChanged", activity: sampleTraining(0, "finetune") },
  { kind: "runChanged", record: sampleRecord({ phase: "finetuned" }) },
  { kind: "activityChanged", activity: { kind: "idle" } },
  { kind: "evaluated", runId: "run-1", evaluation: sampleEvaluation() },
];
