import { memory } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normals, randomStream } from "../../base/random";
import { type HostTensor, type NamedTensors, sizeOf } from "../../base/tensor";
import { type OpenDevice, openDevice } from "../../kernels/device";
import { takeStockKernels } from "../../kernels/stock/backend";
import { parseGrouping } from "../../model/grouping";
import { initialParameters, initialStatistics } from "../../model/initial";
import { groupedSpaces } from "../../model/lookup";
import type { ModelSpec } from "../../model/spec";
import { type BlockOrder, wideResnet } from "../../model/wide-resnet";
import { evaluateObjective } from "../../reference/objective";
import { widen } from "../../reference/tensor64";
import { planSplit } from "../../splitnet/plan";
import type { TrainerOptions } from "../objective";
import { reportOf } from "../stage-trainer";
import { startingFrom } from "../state";
import { disposeAll } from "./tensors";
import { Trainer } from "./trainer";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  await takeStockKernels(device);
});
afterAll(() => device.close());

const OPTIONS: TrainerOptions = {
  weightDecay: 3e-4,
  momentum: 0.9,
  trainBatchNormScale: true,
  penaltyWeights: { overlap: 2, weightSplit: 3, uniform: 5 },
  weightedSplit: true,
  assignmentRateFactor: 1,
  groupLassoEpsilon: 1e-12,
};
const CLASSES = 7;
const BATCH = 3;

function network(grouping: string, blockOrder: BlockOrder = "pre-activation"): ModelSpec {
  return wideResnet({
    residualUnits: 1,
    widen: 1,
    classes: CLASSES,
    grouping: parseGrouping(grouping),
    blockOrder,
    dropout: false,
  });
}

/** Seeded noise on every tensor, so that no gradient vanishes by symmetry. */
function noisy(tensors: NamedTensors, deviation: number): NamedTensors {
  const stream = randomStream(3, "sample");
  return new Map(
    [...tensors].map(([name, { shape, data }], index): [string, HostTensor] => {
      const noise = normals(stream, sizeOf(shape), deviation, index);
      return [name, { shape, data: data.map((value, i) => value + noise[i]!) }];
    }),
  );
}

const images = normals(randomStream(5, "sample"), BATCH * 32 * 32 * 3, 1, 99);
const labels = Int32Array.from([1, 4, 6]);

/** A split along seeded uneven groups: member i goes to a group drawn by a quadratic residue, none empty. */
function unevenSplit(spec: ModelSpec, unblocked: ModelSpec): ModelSpec {
  const partitions = new Map(
    groupedSpaces(spec).map(({ name, size, groups }) => [
      name,
      { groups, groupOf: Array.from({ length: size }, (_, i) => (i < groups ? i : (i * i) % groups)) },
    ]),
  );
  return planSplit(unblocked, partitions).spec;
}

const NETWORKS: readonly (readonly [string, ModelSpec, TrainerOptions])[] = [
  ["stage 1 of 1-2-3", network("1-2-3"), OPTIONS],
  ["stage 1 of 2-2-2 with plain mean", network("2-2-2"), { ...OPTIONS, weightedSplit: false }],
  ["a pre-activation split into 2-4-4", unevenSplit(network("2-4-4"), network("2-4-4")), { ...OPTIONS, penaltyWeights: null }],
  [
    "a post-activation split into 3-3-3",
    unevenSplit(network("3-3-3"), network("3-3-3", "post-activation")),
    { ...OPTIONS, penaltyWeights: null },
  ],
];

describe.each(NETWORKS)("%s", (_, spec, options) => {
  test("losses, logits and every gradient agree with the float64 oracle", { timeout: 120_000 }, async () => {
    const parameters = noisy(initialParameters(spec, 1), 0.1);
    const statistics = noisy(initialStatistics(spec), 0.05);
    const trainer = new Trainer(spec, options, startingFrom(parameters, statistics));
    const { terms, gradients, logits } = trainer.gradients({ images, labels }, null);
    const penalties = {
      ...(options.penaltyWeights ?? { overlap: 0, weightSplit: 0, uniform: 0 }),
      weightedSplit: options.weightedSplit,
      epsilon: 1e-12,
    };
    const oracle = evaluateObjective(
      spec,
      { parameters: widen(parameters), statistics: widen(statistics) },
      { images: { shape: [BATCH, 32, 32, 3], data: Float64Array.from(images) }, labels },
      { weightDecay: options.weightDecay, penalties },
    );
    const { accuracy: _accuracy, ...losses } = reportOf(await terms.data());
    for (const [term, value] of Object.entries(oracle.losses)) {
      expect(Math.abs(Reflect.get(losses, term) - value), term).toBeLessThanOrEqual(1e-5 * Math.abs(value));
    }
    expectClose(await logits.data(), oracle.logits.data, 1e-5, "logits");
    expect(Object.keys(gradients).sort()).toEqual([...oracle.gradients.keys()].sort());
    // Float32 sums of up to 3,072 products and batch norms over as few as 192 values: 1e-3 of the largest entry is the fixtures' own bound.
    for (const [name, gradient] of Object.entries(gradients))
      expectClose(await gradient.data(), oracle.gradients.get(name)!.data, 1e-3, name);
    const moved = await trainer.state(0);
    for (const [name, { data }] of moved.statistics) expectClose(data, oracle.statistics.get(name)!.data, 1e-5, name);
    disposeAll(new Map(Object.entries({ ...gradients, terms, logits })));
    trainer.dispose();
  });
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  expect(worst, what).toBeLessThanOrEqual(tolerance * largest);
}

test("training leaks nothing: tensors and bytes are constant over 200 steps", { timeout: 300_000 }, async () => {
  const spec = network("2-2-2");
  const trainer = new Trainer(spec, OPTIONS, startingFrom(initialParameters(spec, 1), initialStatistics(spec)));
  const small = { images: images.subarray(0, 3072), labels: labels.subarray(0, 1) };
  const step = async (): Promise<{ numTensors: number; numBytes: number }> => {
    const terms = trainer.step(small, 0.01, { seed: 1, step: 1, keep: 0.5 });
    await terms.data();
    terms.dispose();
    const { numTensors, numBytes } = memory();
    return { numTensors, numBytes };
  };
  const first = await step();
  for (let i = 0; i < 200; i++) expect(await step()).toEqual(first);
  trainer.dispose();
});
