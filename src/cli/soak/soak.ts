import { sampleDataset } from "../../data/sample";
import { splitTrainValidation } from "../../data/split";
import { deviceCompute } from "../../engine/device-compute";
import type { OpenDevice } from "../../kernels/device";
import { bytesOn } from "../../kernels/device-memory";
import { groupingSpec } from "../../model/build";
import type { Config } from "../../model/config";
import { presetConfig } from "../../model/presets";
import { identityOrder } from "../../splitnet/plan";
import type { FitFact } from "../../train/facts";
import { initialState } from "../../train/state";
import { watchBuffers } from "./buffer-watch";

/** What a soak needs of the process. */
export interface SoakHost {
  readonly device: OpenDevice;
  /** Bytes of living objects and arrays, garbage collected before. */
  readonly heapBytes: () => number;
  /** Progress, one line a call. */
  readonly note: (line: string) => void;
}

/** What is held after so many steps: at a checkpoint, with nothing under way. */
export interface SoakSample {
  readonly step: number;
  readonly heapBytes: number;
  /** Of the device's memories. */
  readonly deviceBytes: number;
  /** Buffers made so far, and those of them that were not destroyed. */
  readonly buffersCreated: number;
  readonly buffersAlive: number;
}

export interface SoakReport {
  readonly steps: number;
  readonly adapter: string;
  /** Growth in a thousand steps, by least squares over the samples after the first tenth of the steps and the first validation. */
  readonly growthPerThousandSteps: { readonly heapBytes: number; readonly deviceBytes: number; readonly buffersAlive: number };
  readonly buffersCreated: number;
  /** Milliseconds a step in the first and the last tenth of the steps, without validations and checkpoints. */
  readonly msPerStep: { readonly firstTenth: number; readonly lastTenth: number };
  readonly samples: readonly SoakSample[];
}

/** Trains stage 1 of preset `tiny` on sample data for that many steps and watches what it holds. */
export async function soak(steps: number, { device, heapBytes, note }: SoakHost): Promise<SoakReport> {
  const buffers = watchBuffers(device.device);
  const samples: SoakSample[] = [];
  // Room for all, so that what is watched does not grow with them.
  const milliseconds = new Float64Array(steps);
  for await (const fact of training(device, steps)) {
    if (fact.kind === "steps") noteTimes(fact, milliseconds);
    if (fact.kind !== "checkpoint") continue;
    const { created, alive } = buffers;
    const deviceBytes = bytesOn(device.device);
    const sample = {
      step: fact.state.step,
      heapBytes: heapBytes(),
      deviceBytes,
      buffersCreated: created,
      buffersAlive: alive,
    };
    samples.push(sample);
    note(`step ${sample.step} of ${steps}: heap ${sample.heapBytes}, device ${deviceBytes} bytes in ${alive} buffers`);
  }
  return { ...reportOf(samples, milliseconds), adapter: device.report.description };
}

/** As a run is trained: through the guard against a lost device, with the kernels that passed the self-test. */
function training(device: OpenDevice, steps: number): AsyncGenerator<FitFact, unknown, void> {
  const tiny = presetConfig("tiny");
  const config: Config = { ...tiny, group: { ...tiny.group, steps } };
  const { dataset } = sampleDataset();
  const spec = groupingSpec(config, dataset.classes.length);
  return deviceCompute(device).fit({
    stage: "group",
    spec,
    config,
    classOrder: identityOrder(dataset.classes.length),
    dataset,
    split: splitTrainValidation(dataset.train.count, config.seed),
    start: initialState(spec, config.seed),
    checkpointRequested: () => false,
    now: () => 0,
  });
}

/** Steps that are read back together took equally long. */
function noteTimes({ metrics, imagesPerSecond }: Extract<FitFact, { kind: "steps" }>, milliseconds: Float64Array): void {
  const { batchSize } = presetConfig("tiny").group;
  for (const { step } of metrics) milliseconds[step] = (1000 * batchSize) / imagesPerSecond;
}

/** What samples, and the milliseconds of every step, come to. */
export function reportOf(samples: readonly SoakSample[], milliseconds: Float64Array): Omit<SoakReport, "adapter"> {
  const steps = milliseconds.length;
  // The first validation makes the buffers of all.
  const settledAfter = Math.max(steps / 10, presetConfig("tiny").group.validateEverySteps);
  const settled = samples.filter(({ step }) => step > settledAfter);
  const growth = (value: (sample: SoakSample) => number): number =>
    1000 * slope(settled.map((sample) => [sample.step, value(sample)] as const));
  return {
    steps,
    growthPerThousandSteps: {
      heapBytes: growth(({ heapBytes }) => heapBytes),
      deviceBytes: growth(({ deviceBytes }) => deviceBytes),
      buffersAlive: growth(({ buffersAlive }) => buffersAlive),
    },
    buffersCreated: samples.at(-1)?.buffersCreated ?? 0,
    msPerStep: {
      firstTenth: mean(milliseconds.subarray(0, steps / 10)),
      lastTenth: mean(milliseconds.subarray(steps - steps / 10)),
    },
    samples,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Slope of the line through points that is nearest to them by least squares; 0 through fewer than two. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 2) return 0;
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
