import type { HostTensor } from "../base/tensor";
import { sampleDataset } from "../data/sample";
import { summarize } from "../data/summary";
import type { Archive } from "../export/zip";
import type { Config } from "../model/config";
import { groupedLayers } from "../model/lookup";
import { presetConfig } from "../model/presets";
import type { StepMetric } from "../model/run";
import type { RunStore } from "../storage/stores";
import type { FitFact } from "../train/facts";
import type { FitOptions } from "../train/fit";
import type { TrainState } from "../train/state";
import type { Compute, EngineContext, EngineFact, StageOutcome } from "./context";
import { RunControl } from "./control";

/** A small data set, a short recipe and a stand-in for the device, for tests of engine and worker; never in the bundle. */

export const { dataset: exampleDataset } = sampleDataset({ classes: 6, superclasses: 2, train: 40, test: 12, seed: 3 });
export const exampleSummary = summarize({ dataset: exampleDataset, source: "sample data", original: null }, 7);

const tiny = presetConfig("tiny");
const short = { batchSize: 4, learningRateDrops: [], validateEverySteps: 6, checkpointEverySteps: 4 };
export const exampleConfig: Config = {
  ...tiny,
  emptyGroups: "assign-nearest",
  group: { ...tiny.group, ...short, steps: 11 },
  finetune: { ...tiny.finetune, ...short, steps: 7 },
};

/** A context over a store with the stand-in for a device; time stands still. */
export function exampleContext(runs: RunStore, changes: Partial<EngineContext> = {}): EngineContext {
  return {
    dataset: exampleDataset,
    summary: exampleSummary,
    runs,
    compute: fakeCompute(),
    control: new RunControl(),
    attended: false,
    observer: () => undefined,
    now: () => Date.UTC(2024, 0, 31, 12),
    breathe: async () => undefined,
    alone: (_, work) => work(),
    ...changes,
  };
}

/** Trains a stage until the step is reached, then stops it; throws where it ends otherwise. */
export async function stoppedAt(
  context: EngineContext,
  id: string,
  stage: (context: EngineContext, id: string) => Promise<StageOutcome>,
  step: number,
): Promise<void> {
  const control = new RunControl();
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "progress" && fact.step >= step) control.stop();
  };
  const outcome = await stage({ ...context, control, observer }, id);
  if (outcome !== "stopped") throw new Error(`the stage ${outcome} before it was stopped`);
}

/** How the stand-in misbehaves. */
export interface FakeFaults {
  /** Throws instead of doing this step of stage 1, once. */
  failAtStep?: number;
  error?: Error;
}

/**
 * Training without a device: every step adds a number that depends on step and momentum to every parameter, and the loss is read off
 * the state, so that a state restored wrongly shows in the losses. Reports every second step.
 */
export function fakeCompute(faults: FakeFaults = {}): Compute {
  return {
    check: async () => {},
    fit: (options) => fakeFit(options, faults),
    evaluate: async (network, { examples, indices, classOrder, onProgress, signal }) => {
      signal?.throwIfAborted();
      const [first] = network.parameters.values();
      const count = indices?.length ?? examples.count;
      const seed = first?.data[0] ?? 0;
      const logits = Float32Array.from({ length: count * classOrder.length }, (_, i) => Math.sin(seed + 3 * i));
      onProgress?.(count);
      return { logits, seconds: 0.5 };
    },
  };
}

async function* fakeFit(options: FitOptions, faults: FakeFaults): AsyncGenerator<FitFact, TrainState, void> {
  const { stage, start, now } = options;
  const recipe = options.config[stage];
  let state = start;
  let waiting: StepMetric[] = [];
  if (stage === "group") yield assignmentsFact(options, start);
  for (let step = start.step; step < recipe.steps; step++) {
    if (stage === "group" && faults.failAtStep === step) {
      delete faults.failAtStep;
      throw faults.error ?? new Error("the stand-in failed");
    }
    await Promise.resolve();
    waiting.push(metricOf(state, options, now()));
    state = advanced(state);
    const last = state.step === recipe.steps;
    const checkpoints = last || state.step % recipe.checkpointEverySteps === 0 || options.checkpointRequested(state.step);
    const validates = last || state.step % recipe.validateEverySteps === 0;
    if (waiting.length < 2 && !checkpoints && !validates) continue;
    yield { kind: "steps", metrics: waiting, imagesPerSecond: 100 };
    waiting = [];
    if (stage === "group") yield assignmentsFact(options, state);
    if (validates) {
      const metric = { kind: "validation", stage, step: state.step, loss: lossOf(state), top1: 0.5, top5: 0.9 } as const;
      yield { kind: "validated", metric: { ...metric, time: now() } };
    }
    if (checkpoints || options.checkpointRequested(state.step)) yield { kind: "checkpoint", state };
  }
  return state;
}

/** Everything an archive's stream gives. */
export async function archiveBytes(archive: Archive | null): Promise<Uint8Array> {
  if (archive === null) throw new Error("the stage was stopped");
  return new Uint8Array(await new Response(archive.stream).arrayBuffer());
}

function advanced(state: TrainState): TrainState {
  const momentum = mapped(state.momentum, (value) => 0.5 * value + 0.25);
  const parameters = new Map(
    [...state.parameters].map(([name, { shape, data }]) => {
      const push = momentum.get(name)!.data;
      return [name, { shape, data: data.map((value, i) => value + 0.125 * push[i]! * (1 + (state.step % 3))) }];
    }),
  );
  return { step: state.step + 1, parameters, momentum, statistics: mapped(state.statistics, (value) => 0.5 * value + 1) };
}

function mapped(tensors: ReadonlyMap<string, HostTensor>, change: (value: number) => number): Map<string, HostTensor> {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map(change) }]));
}

/** A number that depends on every part of the state. */
function lossOf(state: TrainState): number {
  const firsts = [state.parameters, state.momentum, state.statistics].map((part) => [...part.values()][0]!.data[0]!);
  return firsts.reduce((sum, value, part) => sum + (part + 1) * value, 10);
}

function metricOf(state: TrainState, { stage, config }: FitOptions, time: number): StepMetric {
  const total = lossOf(state);
  const terms = { crossEntropy: total, l2: 0, overlap: 0, weightSplit: 0, uniform: 0, total };
  return { kind: "step", stage, step: state.step, learningRate: config[stage].learningRate, accuracy: 0.25, time, ...terms };
}

/** Every second step is kept; what is told depends on the step, so that a history rewound wrongly shows. */
function assignmentsFact({ spec }: FitOptions, { step }: TrainState): FitFact {
  const spaces = spec.spaces.filter((space) => space.groups > 1);
  const kept = step % 2 === 0;
  const table = (groups: number): HostTensor => ({
    shape: [groups, groups],
    data: Float32Array.from({ length: groups * groups }, (_, i) => i + step / 4),
  });
  return {
    kind: "assignments",
    step,
    kept,
    blocks: kept ? new Map(groupedLayers(spec).map(({ name, groups }) => [name, table(groups)])) : null,
    assignments: new Map(
      spaces.map(({ name, groups, size }) => [
        name,
        { shape: [groups, size], data: Float32Array.from({ length: groups * size }, (_, i) => ((i + step) % groups) / groups) },
      ]),
    ),
  };
}
