import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigError, DivergenceError } from "../base/errors";
import { hostTensor, type NamedTensors } from "../base/tensor";
import { DEFAULT_SAMPLE, sampleDataset } from "../data/sample";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { presetConfig } from "../model/presets";
import { identityOrder } from "../splitnet/plan";
import { type Backend, backendOn } from "./backend";
import { fit as trainStage } from "./fit";
import { lossScaleOf } from "./half-precision";
import { probeStep } from "./precision-probe";
import { type CurveDistance, curveDistance, type Trained, trainBothStages } from "./precision-study";
import { initialState, type TrainState } from "./state";

/**
 * Half precision against full precision, on sample data. HALF_PRECISION_STEPS="500 300" HALF_PRECISION_SEEDS=3 trains the lengths of
 * docs/design/half-precision.md, the control too, and prints its table. Without shader-f16 every test is that of the refusal.
 */
const LONG = process.env.HALF_PRECISION_STEPS;
const [GROUP_STEPS = 0, FINETUNE_STEPS = 0] = (LONG ?? "12 6").split(" ").map(Number);
const SEEDS = Array.from({ length: Number(process.env.HALF_PRECISION_SEEDS ?? 2) }, (_, index) => index + 1);
const HOUR_MS = 3_600_000;
/** Share by which the control's initial parameters are off: a few roundings of float32. */
const NUDGE = 1e-6;

let device: OpenDevice;
let backend: Backend;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  backend = await backendOn(device, "own");
});
afterAll(() => device.close());

const { dataset } = sampleDataset(DEFAULT_SAMPLE);
const CLASSES = dataset.classes.length;
const tiny = presetConfig("tiny");

/** Runs the law where there is half precision; elsewhere training with it must be refused before the first step. */
function halfPrecisionTest(law: string, body: () => Promise<void>, timeoutMs?: number): void {
  test(
    law,
    async () => {
      if (device.device.features.has("shader-f16")) return body();
      await expect(trainBothStages(backend, dataset, { ...tiny, precision: "f16" })).rejects.toThrow(ConfigError);
    },
    timeoutMs,
  );
}

function stepConfig(precision: Config["precision"], batchSize: number): Config {
  return { ...tiny, precision, group: { ...tiny.group, batchSize } };
}

halfPrecisionTest("gradients of a step are those of full precision up to the rounding of half precision", async () => {
  const batch = 6;
  const [full, half] = [
    await probeStep(device.device, dataset, stepConfig("f32", batch)),
    await probeStep(device.device, dataset, stepConfig("f16", batch)),
  ];
  const error = (filter: RegExp) => relativeError(half.gradients, full.gradients, filter, lossScaleOf("f16", batch));
  // Sums over batch and classes of values that are each off by up to 2^-11.
  expect(Math.abs(half.loss / full.loss - 1)).toBeLessThan(5e-4);
  expect(error(/^logits/)).toBeLessThan(2 ** -11);
  // Behind a ReLU an input that rounding moves over 0 takes all of its gradient along, so that a share s of them makes an error of
  // about sqrt(s), layer upon layer: rounding the weights alone to half precision moves the gradients of full precision by 2 %.
  expect(error(/./)).toBeLessThan(0.06);
});

halfPrecisionTest("gradients of activations fit half precision with room on both sides, whatever the batch", async () => {
  for (const batch of [3, 24]) {
    const { ranges } = await probeStep(device.device, dataset, stepConfig("f16", batch));
    expect(ranges.size).toBeGreaterThan(10);
    for (const [name, range] of ranges) {
      // A hundred times more would still fit, and what is rounded away is nothing.
      expect(range.largest, name).toBeLessThan(65_504 / 100);
      expect(range.largest, name).toBeGreaterThan(1);
      expect(range.subnormalSquares / range.squares, name).toBeLessThan(1e-6);
    }
  }
});

halfPrecisionTest("the same run twice, or resumed from a checkpoint, has the same losses to the bit", async () => {
  const config = { ...tiny, precision: "f16" as const, group: { ...tiny.group, steps: 5, checkpointEverySteps: 2 } };
  const start = initialState(groupingSpec(config, CLASSES), config.seed);
  const whole = await trainGroup(config, start);
  expect((await trainGroup(config, start)).losses).toEqual(whole.losses);
  const checkpoint = whole.checkpoints.find(({ step }) => step === 2)!;
  const resumed = await trainGroup(config, checkpoint);
  expect(resumed.losses).toEqual(whole.losses.slice(2));
  expect(resumed.checkpoints.at(-1)).toEqual(whole.checkpoints.at(-1));
});

halfPrecisionTest("gradients that overflow end the run with an error, and no checkpoint holds what is not a number", async () => {
  const config = { ...tiny, precision: "f16" as const, group: { ...tiny.group, steps: 3, checkpointEverySteps: 1 } };
  const start = initialState(groupingSpec(config, CLASSES), config.seed);
  const head = [...start.parameters].find(([name]) => name.endsWith("/weights"))!;
  const huge = hostTensor(
    head[1].shape,
    head[1].data.map((value) => 1e6 * value),
  );
  const parameters = new Map(start.parameters).set(head[0], huge);
  // Where conversion clamps instead of overflowing, nothing diverges: then trainGroup finds every checkpoint finite.
  await trainGroup(config, { ...start, parameters }).catch((error: unknown) => {
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error).toMatchObject({ cure: expect.stringContaining('precision to "f32"') });
  });
});

halfPrecisionTest(
  "curves of half precision lie within the spread of full precision over seeds, in both stages",
  async () => {
    const [full, half] = [await trainAll("f32"), await trainAll("f16")];
    const control = LONG === undefined ? null : await trainAll("f32", NUDGE);
    for (const stage of ["group", "finetune"] as const) {
      for (const term of ["total", "crossEntropy"] as const) {
        const distance = distanceOf(full, half, stage, term);
        const limits = [{ root: distance.curveSpread, largest: distance.largestSpread }];
        if (control !== null) {
          const apart = distanceOf(full, control, stage, term);
          console.log(tableRow(`${stage} ${term}, half`, distance));
          console.log(tableRow(`${stage} ${term}, control`, apart));
          // Long trainings are chaotic, and three seeds measure a spread poorly: full precision leaves it too (docs/design/half-precision.md).
          limits.push({ root: apart.curveDistance, largest: apart.largestDistance });
        }
        expect(distance.curveDistance).toBeLessThan(Math.max(...limits.map(({ root }) => root)));
        expect(distance.largestDistance).toBeLessThan(Math.max(...limits.map(({ largest }) => largest)));
      }
    }
  },
  HOUR_MS,
);

test("the tensor engine refuses half precision before it touches the device", async () => {
  const stock = await backendOn(device, "stock");
  const config = { ...tiny, precision: "f16" as const };
  expect(() => stock.check(config)).toThrow(ConfigError);
  await expect(trainBothStages(stock, dataset, config)).rejects.toThrow(/stock kernels/);
});

/** Norm of the difference over the norm, over the parameters of such names; gradients of vectors still carry the loss scale. */
function relativeError(half: NamedTensors, full: NamedTensors, names: RegExp, lossScale: number): number {
  let [difference, norm] = [0, 0];
  for (const [name, { data }] of full) {
    if (!names.test(name)) continue;
    const scale = /(biases|beta|gamma)$/.test(name) ? lossScale : 1;
    data.forEach((value, index) => {
      difference += (half.get(name)!.data[index]! / scale - value) ** 2;
      norm += value ** 2;
    });
  }
  return Math.sqrt(difference / norm);
}

async function trainGroup(config: Config, start: TrainState): Promise<{ losses: number[]; checkpoints: TrainState[] }> {
  const [losses, checkpoints]: [number[], TrainState[]] = [[], []];
  const spec = groupingSpec(config, CLASSES);
  const split = splitTrainValidation(dataset.train.count, 1);
  const place = { stage: "group", spec, classOrder: identityOrder(CLASSES), checkpointRequested: () => false } as const;
  for await (const fact of trainStage({ ...place, config, dataset, split, start, now: () => 0 }, backend.prepare)) {
    if (fact.kind === "steps") losses.push(...fact.metrics.map(({ total }) => total));
    if (fact.kind === "checkpoint") checkpoints.push(fact.state);
    if (fact.kind === "checkpoint")
      for (const { data } of fact.state.parameters.values()) expect(data.every(Number.isFinite)).toBe(true);
  }
  return { losses, checkpoints };
}

/** Trains with every seed; losses that are no numbers throw. */
async function trainAll(precision: Config["precision"], nudge = 0): Promise<Trained[]> {
  const lengths = (steps: number) => ({ steps, validateEverySteps: steps, checkpointEverySteps: steps });
  const [group, finetune] = [
    { ...tiny.group, ...lengths(GROUP_STEPS) },
    { ...tiny.finetune, ...lengths(FINETUNE_STEPS) },
  ];
  const trained: Trained[] = [];
  for (const seed of SEEDS)
    trained.push(await trainBothStages(backend, dataset, { ...tiny, precision, seed, group, finetune }, nudge));
  return trained;
}

/** Averages over a tenth of the steps; the tail is the last fifth. */
function distanceOf(
  full: readonly Trained[],
  half: readonly Trained[],
  stage: "group" | "finetune",
  term: "total" | "crossEntropy",
): CurveDistance {
  const steps = full[0]![stage].length;
  const curves = (runs: readonly Trained[]) => runs.map((run) => run[stage].map((metric) => metric[term]));
  return curveDistance(curves(full), curves(half), Math.ceil(steps / 10), Math.ceil(steps / 5));
}

function tableRow(name: string, distance: CurveDistance): string {
  const figures = Object.values(distance).map((value: number | readonly number[]) =>
    [value]
      .flat()
      .map((figure) => figure.toPrecision(4))
      .join(", "),
  );
  return `| ${[name, ...figures].join(" | ")} |`;
}
