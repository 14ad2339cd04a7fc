import { curveColumns } from "../src/model/curve-columns";
import { presetConfig } from "../src/model/presets";
import { progressOf, type RunRecord, type StepMetric, type TrainingStage, type ValidationMetric } from "../src/model/run";
import type { RunSummary } from "../src/model/run-summary";
import type { RunLine } from "../src/protocol/comparison";
import type { EngineEvent } from "../src/protocol/events";
import type { QueueEntry } from "../src/protocol/queue";
import type { AssignmentSnapshotView, AssignmentView, BlockMassView, DatasetView, LayerView } from "../src/protocol/views";
import type { EvaluationReport, SubsetAccuracy } from "../src/splitnet/evaluation";
import type { SplitTree, TreeNode } from "../src/splitnet/tree";
import { READY, sampleHealth } from "../src/state/testing";
import { layersOf } from "../src/state/weights";

/** Twenty classes of five superclasses in four groups: a run as pictures show it, made by formula. */
const SUPERCLASSES = ["fruit", "vehicles", "fish", "furniture", "trees"];
const CLASSES = [
  ["apple", "pear", "orange", "plum"],
  ["bus", "tram", "train", "tractor"],
  ["ray", "shark", "trout", "flatfish"],
  ["bed", "chair", "couch", "table"],
  ["maple", "oak", "palm", "willow"],
].flat();
const SUPERCLASS_OF = CLASSES.map((_, label) => Math.floor(label / 4));
const GROUPS = 4;
/** Mostly by superclass; the fifth is spread, as real groups are. */
const GROUP_OF = CLASSES.map((_, label) => (label < 16 ? Math.floor(label / 4) : label % GROUPS));
const STEPS = 600;
const BEGIN_MS = Date.UTC(2026, 0, 15, 9, 30);
/** Unix milliseconds at which every picture is taken. */
export const NOW_MS = BEGIN_MS + 3_600_000;
const RUN = "run-1";

/** A fixed pseudo-random number in 0..1 for each argument. */
function noise(index: number): number {
  const wave = Math.sin(index * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
}

const dataset: DatasetView = {
  id: "data-1",
  source: "sample data",
  original: null,
  trainCount: 2000,
  testCount: 400,
  validationCount: 200,
  splitSeed: 7,
  classes: CLASSES,
  superclasses: SUPERCLASSES,
  superclassOf: SUPERCLASS_OF,
  trainPerClass: CLASSES.map(() => 100),
  testPerClass: CLASSES.map(() => 20),
};

const config = (() => {
  const tiny = presetConfig("tiny");
  return { ...tiny, grouping: "2-4-4", group: { ...tiny.group, steps: STEPS, learningRateDrops: [{ step: 400, factor: 0.1 }] } };
})();

function record(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: RUN,
    createdAt: BEGIN_MS,
    config,
    datasetId: dataset.id,
    datasetSource: dataset.source,
    classes: CLASSES,
    superclasses: SUPERCLASSES,
    superclassOf: SUPERCLASS_OF,
    phase: "grouping",
    checkpointStep: 200,
    evaluated: false,
    resumes: [],
    forkedFrom: null,
    importedFrom: null,
    failure: null,
    ...changes,
  };
}

function step(index: number, stage: TrainingStage): StepMetric {
  const left = Math.exp(-index / 180);
  const grouping = stage === "group" ? 1 : 0;
  const terms = {
    crossEntropy: (stage === "group" ? 0.4 + 2.5 * left : 0.3 + 0.8 * left) + 0.25 * noise(index),
    l2: 0.32 + 0.02 * left,
    overlap: grouping * (0.05 + 0.8 * left),
    weightSplit: grouping * (0.3 + 0.6 * left),
    uniform: grouping * (10 + left),
  };
  const total = Object.values(terms).reduce((sum, term) => sum + term, 0);
  const accuracy = Math.min(1, 0.9 - 0.85 * left + 0.1 * noise(index + 0.5));
  const learningRate = index < 400 ? 0.05 : 0.005;
  return { kind: "step", stage, step: index, ...terms, total, learningRate, accuracy, time: BEGIN_MS + index * 250 };
}

function validation(index: number, stage: TrainingStage): ValidationMetric {
  const left = Math.exp(-index / 180);
  const [top1, top5] = [0.78 - 0.7 * left, 0.97 - 0.6 * left];
  return { kind: "validation", stage, step: index, loss: 0.7 + 2 * left, top1, top5, time: BEGIN_MS + index * 250 };
}

function metrics(steps: number, stage: TrainingStage) {
  const numbers = [...Array(steps).keys()];
  const validated = numbers.filter((index) => index > 0 && index % 50 === 0);
  return [...numbers.map((index) => step(index, stage)), ...validated.map((index) => validation(index, stage))];
}

/** [groups, size] column by column a softmax that sharpens with the steps around the group the member ends in. */
function assignment(space: string, groups: number, groupOf: readonly number[], steps: number): AssignmentView {
  const size = groupOf.length;
  const probabilities = new Float32Array(groups * size);
  groupOf.forEach((own, member) => {
    const weights = Array.from({ length: groups }, (_, group) => {
      const start = noise(member * groups + group + space.length);
      return Math.exp(start * 1.5 + (group === own ? (steps / STEPS) * (4 + 2 * noise(member)) : 0));
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, group) => {
      probabilities[group * size + member] = weight / sum;
    });
  });
  return { space, groups, size, probabilities };
}

const channels = (groups: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Math.floor(noise(index + size) * groups));

function assignments(steps: number): AssignmentView[] {
  return [
    assignment("classes", GROUPS, GROUP_OF, steps),
    assignment("stage_3", GROUPS, channels(GROUPS, 64), steps),
    assignment("unit_3_0/inner", GROUPS, channels(GROUPS, 64), steps),
    assignment("stage_2", 2, channels(2, 32), steps),
  ];
}

/** Squares between groups fall with the steps, those within a group grow. */
const blocks = (steps: number): BlockMassView[] =>
  layersOf(record())
    .filter(({ grouped }) => grouped)
    .map(({ name }, layer) => {
      const groups = name.startsWith("unit_2") ? 2 : GROUPS;
      const mass = Float32Array.from({ length: groups * groups }, (_, index) => {
        const within = index % (groups + 1) === 0;
        return (4 + noise(index + 31 * layer)) * (within ? 1 + steps / STEPS : Math.exp((-4 * steps) / STEPS));
      });
      return { layer: name, groups, mass };
    });

const history = (steps: number): AssignmentSnapshotView[] =>
  [...Array(13).keys()].map((index) => {
    const step = (steps / 12) * index;
    return { step, spaces: assignments(step), blocks: blocks(step) };
  });

/** The last layer as a checkpoint has it: strong within groups, with a spread like that of trained weights. */
const layer: LayerView = (() => {
  const order = (groupOf: readonly number[]) => ({
    order: [...groupOf.keys()].sort((a, b) => groupOf[a]! - groupOf[b]! || a - b),
    sizes: Array.from({ length: GROUPS }, (_, group) => groupOf.filter((own) => own === group).length),
  });
  const [inputs, outputs] = [channels(GROUPS, 64), GROUP_OF];
  const axes = { inputs: order(inputs), outputs: order(outputs) };
  const norms = axes.inputs.order.flatMap((input) =>
    axes.outputs.order.map((output) => noise(input * 20 + output) * (inputs[input] === outputs[output] ? 1 : 0.06)),
  );
  const bell = (scale: number) => ({
    count: 1280,
    mean: 0.0012 * scale,
    deviation: 0.11 * scale,
    least: -0.41 * scale,
    greatest: 0.47 * scale,
    counts: Array.from({ length: 64 }, (_, bin) =>
      Math.round(90 * Math.exp(-(((bin - 30) / 12) ** 2)) * (0.8 + 0.4 * noise(bin))),
    ),
  });
  return {
    runId: RUN,
    stage: "group",
    layer: "logits/fc",
    step: STEPS,
    picture: { rows: 64, columns: 20, norms: Float32Array.from(norms), stride: 1, ...axes },
    histograms: [
      { of: "weights", histogram: bell(1) },
      { of: "momentum", histogram: bell(0.01) },
      { of: "scales", histogram: { ...bell(0.3), count: 64, mean: 1, least: 0.88, greatest: 1.14 } },
    ],
  };
})();

const classesOf = (groups: readonly number[]): number[] =>
  CLASSES.flatMap((_, label) => (groups.includes(GROUP_OF[label]!) ? [label] : []));

function leaf(label: string, group: number): TreeNode {
  return { label, group, cost: { parameters: 9000 + 1500 * group, flops: 180_000 }, classes: classesOf([group]), children: [] };
}

function branch(label: string, group: number, groups: readonly [number, number]): TreeNode {
  const children = groups.map((own, index) => leaf(`${label}.${index + 1}`, own));
  return { label, group, cost: { parameters: 14_000, flops: 420_000 }, classes: classesOf(groups), children };
}

const tree: SplitTree = {
  root: {
    label: "trunk",
    group: 0,
    cost: { parameters: 11_000, flops: 900_000 },
    classes: CLASSES.map((_, label) => label),
    children: [branch("branch 1", 0, [0, 1]), branch("branch 2", 1, [2, 3])],
  },
  unsplit: { parameters: 176_000, flops: 4_600_000 },
  split: { parameters: 84_000, flops: 2_460_000 },
};

/** 20 images a class; mistakes go to the neighbours in the group first. */
function report(right: number, secondsPerImage: number): EvaluationReport {
  const confusion = CLASSES.flatMap((_, truth) => {
    const row = CLASSES.map(() => 0);
    const kept = Math.min(20, Math.round(right * 20 + 4 * noise(truth) - 2));
    row[truth] = kept;
    for (let image = 0; image < 20 - kept; image++) {
      const near = (Math.floor(truth / 4) * 4 + ((truth + image + 1) % 4)) % 20;
      const taken = image % 3 === 2 || near === truth ? Math.floor(noise(truth * 7 + image) * 20) : near;
      row[taken]! += 1;
    }
    return row;
  });
  const predictions = CLASSES.flatMap((_, truth) =>
    confusion.slice(truth * 20, truth * 20 + 20).flatMap((images, predicted) => Array<number>(images).fill(predicted)),
  );
  const over = (indexOf: readonly number[], count: number): SubsetAccuracy[] =>
    Array.from({ length: count }, (_, index) => {
      const members = indexOf.flatMap((own, label) => (own === index ? [label] : []));
      const correct = members.reduce((sum, label) => sum + confusion[label * 20 + label]!, 0);
      return { index, count: members.length * 20, top1: members.length === 0 ? 0 : correct / (members.length * 20) };
    });
  const perClass = over(
    CLASSES.map((_, label) => label),
    20,
  );
  const top1 = perClass.reduce((sum, own) => sum + own.top1, 0) / 20;
  return {
    count: 400,
    loss: 1.1 - right / 2,
    top1,
    top5: 0.96,
    secondsPerImage,
    predictions,
    truthScores: predictions.map((_, image) => ((7 * image) % 50) / 100),
    predictionScores: predictions.map((_, image) => 0.5 + ((7 * image) % 50) / 100),
    confusion,
    perClass,
    perGroup: over(GROUP_OF, GROUPS),
    perSuperclass: over(SUPERCLASS_OF, SUPERCLASSES.length),
  };
}

/** Thumbnails whose colour is their class's, with a diagonal that makes the direction plain. */
function pictures(count: number) {
  const labels = Array.from({ length: count }, (_, index) => index % CLASSES.length);
  const rgba = new Uint8ClampedArray(count * 4096);
  labels.forEach((label, index) => {
    for (let pixel = 0; pixel < 1024; pixel++) {
      const [x, y] = [pixel % 32, Math.floor(pixel / 32)];
      const shade = Math.abs(x - y) < 4 ? 235 : 90 + ((x * label) % 64);
      rgba.set([shade, 60 + ((label * 37) % 160), 40 + ((label * 91 + y * 3) % 180), 255], index * 4096 + pixel * 4);
    }
  });
  return { labels, rgba };
}

function images(count: number, kind: "imagesLoaded" | "classImagesLoaded" = "imagesLoaded"): EngineEvent {
  return { kind, ...pictures(count) };
}

const training = (at: number, stage: TrainingStage): EngineEvent => ({
  kind: "activityChanged",
  activity: { kind: "training", runId: RUN, stage, step: at, steps: STEPS, imagesPerSecond: 321, secondsLeft: 75 },
});

const storage: EngineEvent = {
  kind: "storageMeasured",
  storage: {
    used: 48_000_000,
    allowed: 10_000_000_000,
    persistent: false,
    dataset: 7_500_000,
    runs: { [RUN]: 2_400_000 },
    removed: 0,
  },
};

/** Test images of the classes given, with scores, drawn as those of the grid. */
function tested(pairs: readonly (readonly [truth: number, predicted: number])[]) {
  const verdicts = pairs.map(([truth, predicted], image) => {
    const scores = { truth: 0.04 + image / 100, predicted: truth === predicted ? 0.04 + image / 100 : 0.93 - image / 100 };
    return { truth, predicted, scores };
  });
  return { runId: RUN, network: "split", total: 2 * pairs.length, verdicts, rgba: pictures(pairs.length).rgba } as const;
}

const measured = { secondsAStep: 0.021, imagesASecond: 4286, stepsTimed: 10, deviceBytes: 310_000_000 };

/** What stands in the panels once somebody looked closer. */
const looked: readonly EngineEvent[] = [
  {
    kind: "confusedLoaded",
    confused: {
      truth: 0,
      predicted: 1,
      ...tested([
        [0, 1],
        [0, 1],
        [0, 1],
      ]),
    },
  },
  {
    kind: "rankedLoaded",
    ranked: {
      ranking: "certainWrong",
      label: null,
      ...tested([
        [2, 3],
        [5, 7],
        [9, 8],
        [12, 1],
      ]),
    },
  },
  { kind: "healthRead", health: sampleHealth },
  {
    kind: "probed",
    probe: {
      config: presetConfig("quick"),
      classes: CLASSES.length,
      device: "Example GPU",
      stages: { group: measured, finetune: { ...measured, secondsAStep: 0.013 } },
    },
  },
];

/** A test image that the second branch answers, in both networks. */
const tried: EngineEvent = (() => {
  const answer = (sharpness: number) => {
    const weights = CLASSES.map((_, label) => Math.exp(sharpness * noise(label + 3) + (GROUP_OF[label] === 2 ? sharpness : 0)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const groupMeans = Array.from({ length: GROUPS }, (_, group) => (group === 2 ? 0.9 : 0.2 + 0.1 * noise(group)));
    return { probabilities: Float32Array.from(weights, (weight) => weight / sum), groupMeans };
  };
  const image = { kind: "test", index: 17, label: 9 } as const;
  const rgba = pictures(10).rgba.slice(9 * 4096);
  return { kind: "imageTried", tried: { runId: RUN, image, rgba, unsplit: answer(2), split: answer(3) } };
})();

const timed: EngineEvent = {
  kind: "branchesTimed",
  timing: {
    ...{ runId: RUN, device: "Example GPU", software: false, devices: 7 },
    batches: [1, 4, 16, 64, 256].map((batch) => ({
      batch,
      seconds: batch === 256 ? null : { unsplit: 0.004 * batch, split: 0.0026 * batch, parallel: 0.003 + 0.0024 * batch },
      difference: batch === 256 ? null : 1.5e-7,
    })),
  },
};

const empty: readonly EngineEvent[] = [
  ...READY.filter(({ kind }) => kind === "deviceProbed" || kind === "activityChanged"),
  { kind: "datasetChanged", dataset: null },
  { kind: "runsListed", runs: [] },
  { kind: "removedChanged", removed: [] },
  { kind: "mirrorChanged", mirror: { kind: "off" } },
  { kind: "queueChanged", queue: { running: false, entries: [], problem: null } },
];
const ready: readonly EngineEvent[] = [...empty, { kind: "datasetChanged", dataset }, storage, images(60)];
const grouping = (steps: number): readonly EngineEvent[] => [
  ...ready,
  images(CLASSES.length, "classImagesLoaded"),
  { kind: "runOpened", run: { record: record(), curves: curveColumns(metrics(steps, "group")) } },
  { kind: "historyRead", runId: RUN, history: history(steps) },
  { kind: "assignmentsChanged", runId: RUN, step: steps, assignments: assignments(steps), blocks: null, kept: false },
];
const problem = {
  message: "the loss is not finite after step 260",
  cure: "Go on from the last checkpoint with half the learning rate.",
};

/** Seeds of the runs that are compared; the address ticks them. */
const COMPARED = [1, 2, 3];

const comparedRecord = (seed: number): RunRecord =>
  record({ id: `run-${seed}`, phase: "finetuned", evaluated: true, config: { ...config, seed } });

function summary(seed: number): RunSummary {
  return {
    runId: `run-${seed}`,
    progress: progressOf(comparedRecord(seed)),
    best: { stage: "group", step: 550, top1: 0.7 + seed / 100 },
    unsplit: 0.69 + seed / 100,
    split: 0.735 - seed / 200,
    cost: { unsplit: tree.unsplit, split: { parameters: tree.split.parameters + 900 * seed, flops: tree.split.flops } },
    classGroups: GROUP_OF.map((group, label) => (label % 7 === seed ? (group + 1) % GROUPS : group)),
  };
}

function line(seed: number): RunLine {
  const points = metrics(STEPS, "group").flatMap((metric) => (metric.kind === "validation" ? [metric] : []));
  return {
    runId: `run-${seed}`,
    progress: progressOf(comparedRecord(seed)),
    steps: Float64Array.from(points, ({ step: at }) => at),
    times: Float64Array.from(points, ({ time }) => time),
    values: Float64Array.from(points, ({ top1 }, index) => top1 + 0.05 * noise(seed * 31 + index)),
  };
}

const finished: readonly EngineEvent[] = [
  ...grouping(STEPS),
  { kind: "metricsRecorded", runId: RUN, metrics: metrics(STEPS, "finetune") },
  { kind: "runChanged", record: record({ phase: "finetuned", checkpointStep: STEPS, evaluated: true }) },
  { kind: "splitPlanned", runId: RUN, tree, classGroups: GROUP_OF },
  { kind: "evaluated", runId: RUN, evaluation: { unsplit: report(0.74, 0.0021), split: report(0.77, 0.0013) } },
  { kind: "layerLoaded", layer },
  { kind: "activityChanged", activity: { kind: "idle" } },
  ...looked,
];
/** A bundle that other programs were tried on. */
const exported: readonly EngineEvent[] = [
  { kind: "exported", runId: RUN, fileName: `splitnet-${RUN}.zip`, file: new Blob([new Uint8Array(1_250_000)]) },
  {
    kind: "exportVerified",
    runId: RUN,
    verification: {
      checksums: 41,
      programs: { onnxRuntime: "1.30.0", tensorflowjs: "4.22.0" },
      verified: [
        { what: "whole", name: "onnx/model.onnx", difference: 3.7e-7, images: 256, sameClass: 256 },
        { what: "tensorflowjs", name: "tfjs/model.json", difference: 2.6e-7, images: 4, sameClass: 4 },
        { what: "parts", name: "onnx/merge.onnx", difference: 2.8e-7, images: 256, sameClass: 256 },
        ...["1_1", "1_2", "2_1", "2_2"].map((leaf) => ({
          ...{ what: "path" as const, name: `onnx/path_${leaf}.onnx` },
          ...{ difference: 2.9e-7, images: 256, sameClass: 256 },
        })),
      ],
      tolerance: 1e-3,
      within: true,
    },
  },
];
const checkpoints: EngineEvent = {
  kind: "checkpointsListed",
  runId: RUN,
  checkpoints: [
    { stage: "group", copy: "last", kind: "good", step: 200, top1: null },
    {
      stage: "group",
      copy: "best",
      kind: "damaged",
      error: { name: "CheckpointError", message: "it is cut off", cure: "Choose another." },
    },
  ],
};
/** A queue at work: a run under way, another that waits, and what came of those before. */
const queued: EngineEvent = {
  kind: "queueChanged",
  queue: {
    running: true,
    entries: [
      entry(0, { kind: "finished", runId: "run-2" }),
      entry(1, { kind: "failed", runId: "run-3", error: { name: "DivergenceError", ...problem } }),
      entry(2, { kind: "begun", runId: RUN }),
      entry(3, { kind: "waiting" }),
    ],
    problem: null,
  },
};

/** A control of the run, in the queue. */
const controls: EngineEvent = {
  kind: "queueChanged",
  queue: {
    running: false,
    entries: [
      { ...entry(0, { kind: "finished", runId: "run-2" }), job: { kind: "control", source: "random", runId: RUN, seed: 1 } },
      { ...entry(1, { kind: "waiting" }), removedAt: NOW_MS },
    ],
    problem: {
      name: "StorageError",
      message: "left out, because it is damaged: entry 3 of the queue",
      cure: "Add its run again.",
    },
  },
};

function entry(id: number, state: QueueEntry["state"]): QueueEntry {
  const job = { kind: "config", config: { ...config, seed: id + 1 }, point: "" } as const;
  return { id, job, emptyGroups: "fail", state, removedAt: null };
}

/** Names of everything that can be unfolded. */
const FOLDED = [
  ...["queue-add", "controls", "controls-manual"],
  ...["superclasses", "classes", "network", "stage-one", "stage-two", "json", "export-classes", `more-${RUN}`],
  ...[
    "terms",
    "loss-table",
    "accuracy-table",
    "rate-table",
    "superclass-table",
    "weight-shares",
    "levels",
    "pairs",
    "health",
    "log",
  ],
];

/** A state of the page: where it is opened, and what it is told. */
export interface GalleryState {
  readonly address: string;
  readonly events: readonly EngineEvent[];
}

const told = (...events: readonly EngineEvent[]): GalleryState => ({ address: "/", events });

/** Every state a panel can be in, as the facts that lead to it. */
export const STATES = {
  pending: told(),
  empty: told(...empty),
  ready: told(...ready),
  live: told(
    ...grouping(270),
    training(0, "group"),
    { kind: "checkpointWritten", runId: RUN, stage: "group", step: 200 },
    training(270, "group"),
    queued,
  ),
  failed: told(
    ...grouping(260),
    { kind: "runChanged", record: record({ failure: { name: "DivergenceError", ...problem } }) },
    { kind: "requestFailed", requestId: 3, error: { name: "DivergenceError", ...problem } },
    {
      kind: "requestFailed",
      requestId: 4,
      error: { name: "ArchiveError", message: "train.bin ends early at byte 17", cure: "Download the archive again." },
    },
  ),
  finished: told(...finished),
  /** The same with everything unfolded that can be. */
  unfolded: {
    address: `/#open=${FOLDED.join("_")}&preset=tiny`,
    events: [...finished, tried, timed, checkpoints, ...exported, controls],
  },
  compared: {
    address: "/#compare=run-1_run-2_run-3&compare.mean=on&compare.published=on&preset=tiny",
    events: [
      ...grouping(STEPS),
      { kind: "runsListed", runs: COMPARED.map(comparedRecord) },
      { kind: "activityChanged", activity: { kind: "idle" } },
      { kind: "runsSummarized", view: { summaries: COMPARED.map(summary), unreadable: [] } },
      { kind: "linesLoaded", view: { stage: "group", metric: "top1", lines: COMPARED.map(line), unreadable: [], kept: [] } },
      checkpoints,
    ],
  },
  /** Data and two runs that can still be taken back. */
  removed: told(...empty, storage, {
    kind: "removedChanged",
    removed: [
      { kind: "dataset", source: dataset.source, bytes: 7_500_000 },
      { kind: "run", runId: "run-2", createdAt: BEGIN_MS, bytes: 2_400_000 },
      { kind: "run", runId: "run-3", createdAt: null, bytes: 900_000 },
    ],
  }),
  /** All images in a dialog, one of them looked at closely. */
  exploring: {
    address: "/#explorer=train_all_all_index_0&picked=train_3&open=parts&preset=tiny",
    events: [
      ...ready,
      {
        kind: "examplesLoaded",
        examples: {
          choice: { part: "train", superclass: null, label: null, order: "index" },
          offset: 0,
          total: 1800,
          images: pictures(48).labels.map((label, index) => ({ index, label })),
          rgba: pictures(48).rgba,
          perClass: { train: CLASSES.map(() => 90), validation: CLASSES.map(() => 10), test: CLASSES.map(() => 20) },
        },
      },
      {
        kind: "imagePreviewed",
        preview: {
          part: "train",
          index: 3,
          label: 3,
          seed: 1,
          stage: "group",
          draws: [...Array(8).keys()].map((epoch) => ({
            epoch,
            step: 30 * epoch + 4,
            down: (epoch % 5) - 2,
            right: 3 - (epoch % 4),
            flip: epoch % 2 === 0,
          })),
          rgba: pictures(10).rgba,
        },
      },
    ],
  },
  missing: told(...ready, {
    kind: "deviceProbed",
    device: {
      kind: "missing",
      error: { name: "DeviceError", message: "this browser offers no WebGPU adapter", cure: "Turn on hardware acceleration." },
      obstacle: { why: "noAdapter", browser: "chrome", version: 140, system: "linux" },
    },
  }),
} as const satisfies Readonly<Record<string, GalleryState>>;
