import { afterAll, beforeAll, expect, test } from "vitest";
import { crossEntropy, crossEntropyGradient } from "../reference/cross-entropy";
import { type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor, relativeError } from "../reference/testing";
import { stored } from "./activation-testing";
import { type OpenDevice, openDevice } from "./device";
import type { BufferView } from "./device-memory";
import { recordAddBias, recordLoss } from "./loss";
import { poisoned, readOutput, runOnce } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

// WGSL's exp errs by 3 + 2 |x| units of 6e-8 relative to values exp(x) <= 1, its log by 5e-7 near 1; sums add a few roundings.
const TOLERANCE = 2e-6;

interface Head {
  /** [batch, columns] without bias; padding columns hold zeros. */
  readonly logits: Tensor64;
  readonly bias: Float64Array;
  readonly labels: Uint32Array;
  /** 1 for a class, 0 for padding. */
  readonly columns: Uint32Array;
}

/** `groups` of classes, each padded to a multiple of 4; logits of N(0, spread^2). */
function headOf(batch: number, groups: readonly number[], spread: number): Head {
  const columns = Uint32Array.from(
    groups.flatMap((size) => Array.from({ length: Math.ceil(size / 4) * 4 }, (_, i) => (i < size ? 1 : 0))),
  );
  const classes = columns.length;
  const real = [...columns.keys()].filter((column) => columns[column] === 1);
  const logits = randomTensor([batch, classes], 1).data.map((value, i) => spread * value * columns[i % classes]!);
  const bias = randomTensor([classes], 2).data.map((value, column) => value * columns[column]!);
  const labels = Uint32Array.from({ length: batch }, (_, b) => real[(b * 7 + 3) % real.length]!);
  return { logits: tensor64([batch, classes], stored(logits, "f32")), bias: stored(bias, "f32"), labels, columns };
}

interface LossValues {
  readonly terms: ArrayLike<number>;
  readonly logitsGradient: ArrayLike<number>;
  readonly biasGradient: ArrayLike<number>;
}

/** By the oracle, which knows no padding: what it computes on the classes alone. */
function expectedOf({ logits, bias, labels, columns }: Head, gradientScale: number): LossValues {
  const [batch, classes] = [logits.shape[0]!, columns.length];
  const real = [...columns.keys()].filter((column) => columns[column] === 1);
  const dense = tensor64(
    [batch, real.length],
    Array.from({ length: batch }, (_, b) => real.map((c) => Math.fround(logits.data[b * classes + c]! + bias[c]!))).flat(),
  );
  const denseLabels = [...labels].map((column) => real.indexOf(column));
  const gradient = crossEntropyGradient(dense, denseLabels);
  const logitsGradient = new Float64Array(batch * classes);
  const biasGradient = new Float64Array(classes);
  gradient.data.forEach((value, i) => {
    const column = real[i % real.length]!;
    logitsGradient[Math.floor(i / real.length) * classes + column] = value * gradientScale;
    biasGradient[column]! += value * gradientScale;
  });
  const right = denseLabels.filter((label, b) => argMax(dense.data.subarray(b * real.length, (b + 1) * real.length)) === label);
  return { terms: [crossEntropy(dense, denseLabels), right.length / batch, 0, 0], logitsGradient, biasGradient };
}

function argMax(row: Float64Array): number {
  return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
}

async function loss({ logits, bias, labels, columns }: Head, gradientScale: number): Promise<LossValues> {
  const [batch, classes] = [labels.length, columns.length];
  const views: { logitsGradient?: BufferView; biasGradient?: BufferView; terms?: BufferView } = {};
  const memory = await runOnce(open.device, (recorder, own) => {
    const outputs = {
      logitsGradient: poisoned(own, "logits gradient", batch * classes),
      biasGradient: poisoned(own, "bias gradient", classes),
      terms: poisoned(own, "terms", 4),
    };
    Object.assign(views, outputs);
    recordLoss(recorder, {
      label: `${batch}x${classes}`,
      batch,
      classes,
      columns: own.upload("columns", columns),
      logits: own.upload("logits", Float32Array.from(logits.data)),
      bias: own.upload("bias", Float32Array.from(bias)),
      labels: own.upload("labels", labels),
      gradientScale,
      ...outputs,
    });
  });
  const { device } = open;
  const values = {
    terms: await readOutput(device, views.terms!, 4),
    logitsGradient: await readOutput(device, views.logitsGradient!, batch * classes),
    biasGradient: await readOutput(device, views.biasGradient!, classes),
  };
  memory.dispose();
  return values;
}

/** Gradients relative to the largest one there can be, 1 / batch (times the scale); terms absolute or relative to the loss. */
function expectSame(actual: LossValues, expected: LossValues, head: Head, gradientScale: number): void {
  const batch = head.labels.length;
  const unscaled = (values: ArrayLike<number>, by: number) => Array.from(values, (value) => (value * by) / gradientScale);
  expect(relativeError(actual.terms, expected.terms)).toBeLessThan(TOLERANCE);
  expect(relativeError(unscaled(actual.logitsGradient, batch), unscaled(expected.logitsGradient, batch))).toBeLessThan(TOLERANCE);
  expect(relativeError(unscaled(actual.biasGradient, 1), unscaled(expected.biasGradient, 1))).toBeLessThan(TOLERANCE);
  const padding = Array.from(actual.logitsGradient).filter((_, i) => head.columns[i % head.columns.length] === 0);
  expect(padding.every((value) => value === 0)).toBe(true);
}

test.each<{ batch: number; groups: readonly number[]; spread: number; gradientScale: number }>([
  { batch: 1, groups: [1], spread: 1, gradientScale: 1 },
  { batch: 3, groups: [3], spread: 1, gradientScale: 1 },
  { batch: 16, groups: [100], spread: 1, gradientScale: 1 },
  { batch: 63, groups: [5, 7, 9], spread: 3, gradientScale: 1024 },
  { batch: 65, groups: [63, 65, 1, 71], spread: 10, gradientScale: 1 },
  { batch: 70, groups: Array.from({ length: 250 }, (_, i) => 1 + (i % 3)), spread: 1, gradientScale: 1 },
  { batch: 2179, groups: [12], spread: 5, gradientScale: 8 },
])(
  "cross-entropy of $batch rows over groups of $groups classes, and its gradients",
  async ({ batch, groups, spread, gradientScale }) => {
    const head = headOf(batch, groups, spread);
    expectSame(await loss(head, gradientScale), expectedOf(head, gradientScale), head, gradientScale);
  },
);

test("logits of hundreds and thousands give a finite loss", async () => {
  const head = headOf(9, [9, 11], 3000);
  expectSame(await loss(head, 1), expectedOf(head, 1), head, 1);
});

test("far below zero, padding still takes no share", async () => {
  const { logits, columns, ...rest } = headOf(5, [5], 1);
  const low = logits.data.map((value, i) => (columns[i % columns.length] === 1 ? Math.fround(value - 500) : 0));
  const head = { ...rest, columns, logits: tensor64(logits.shape, low) };
  expectSame(await loss(head, 1), expectedOf(head, 1), head, 1);
});

test("of equal largest logits the lowest column counts as the answer", async () => {
  const columns = Uint32Array.from({ length: 8 }, (_, i) => (i < 6 ? 1 : 0));
  const row = [0, 2, 1, 2, 0, 2, 0, 0];
  const labels = Uint32Array.of(1, 3, 5, 1, 0);
  const logits = tensor64(
    [5, 8],
    labels.reduce<number[]>((all) => [...all, ...row], []),
  );
  const { terms } = await loss({ logits, bias: new Float64Array(8), labels, columns }, 1);
  expect(terms[1]).toBe(Math.fround(2 / 5));
});

test("the same loss twice gives the same bits", async () => {
  const head = headOf(130, [41, 43], 2);
  expect(await loss(head, 1)).toEqual(await loss(head, 1));
});

test.each([
  [1, [1]],
  [65, [63, 5]],
] as const)("the bias is added to %i rows of groups of %j", async (batch, groups) => {
  const { logits, bias, columns } = headOf(batch, groups, 1);
  const views: { output?: BufferView } = {};
  const memory = await runOnce(open.device, (recorder, own) => {
    const output = poisoned(own, "biased", logits.data.length);
    views.output = output;
    recordAddBias(recorder, {
      label: "test",
      batch,
      classes: columns.length,
      logits: own.upload("logits", Float32Array.from(logits.data)),
      bias: own.upload("bias", Float32Array.from(bias)),
      output,
    });
  });
  const sums = logits.data.map((value, i) => Math.fround(value + bias[i % columns.length]!));
  expect(Float64Array.from(await readOutput(open.device, views.output!, logits.data.length))).toEqual(sums);
  memory.dispose();
});
