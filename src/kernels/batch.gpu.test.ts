import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { philox4x32 } from "../base/philox";
import { evaluationBatch, type LabelledBatch, trainingBatch } from "../data/augment";
import { type Examples, IMAGE_BYTES } from "../data/dataset";
import { relativeError } from "../reference/testing";
import { poisonedActivations, readActivations, stored } from "./activation-testing";
import { recordEvaluationBatch, recordTrainingBatch } from "./batch";
import { type OpenDevice, openDevice } from "./device";
import { type BufferView, DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";
import { ResidentImages } from "./resident-images";
import { StepStateBuffer } from "./step-state";
import { poisoned, readOutput } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const COUNT = 17;
const PIXELS = 1024;
const GUARD = 1e-6;
// Seven float32 operations on exact sums: root, division and product err by 2.5 units of 6e-8 at most each on the adapters at hand.
const TOLERANCE = 1e-6;

/** Noise; image 3 has constant channels, image 4 one odd byte in a channel, image 5 the largest deviation there is. */
function examplesOf(): Examples {
  const images = new Uint8Array(COUNT * IMAGE_BYTES);
  for (let i = 0; i < images.length; i += 4) {
    philox4x32([i, 0, 0, 0], [5, 6]).forEach((word, k) => {
      images[i + k] = word >>> 24;
    });
  }
  const imageAt = (index: number) => images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES);
  for (const channel of [0, 1, 2]) imageAt(3).fill(100 * channel + 55, channel * PIXELS, (channel + 1) * PIXELS);
  imageAt(4).fill(200, 0, PIXELS)[500] = 201;
  imageAt(5).forEach((_, i, image) => {
    image[i] = i & 1 ? 255 : 0;
  });
  const fine = Uint8Array.from({ length: COUNT }, (_, i) => 3 * i + 1);
  return { count: COUNT, images, fine, coarse: fine };
}

const examples = examplesOf();

interface Draw {
  readonly batch: number;
  readonly orderStart: number;
  readonly step: number;
  readonly seed: number;
  readonly cropOffsets: number;
}

/** Two epochs' orders: a ring whose length no batch divides. */
const order = Uint32Array.from({ length: 2 * COUNT }, (_, i) => (i * 5 + (i >= COUNT ? 3 : 0)) % COUNT);

function indicesOf({ batch, orderStart }: Draw): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, i) => order[(orderStart + i) % order.length]!);
}

interface Outputs {
  readonly output: BufferView;
  readonly batchLabels: BufferView;
}

/** Runs what `record` records and reads images [batch, 32, 32, 4] and labels. */
async function run(
  batch: number,
  imagesPerChunk: number,
  precision: Precision,
  record: (recorder: Recorder, inputs: { images: ResidentImages; labels: BufferView } & Outputs) => void,
): Promise<LabelledBatch> {
  const memory = new DeviceMemory(open.device);
  const bytesPerChunk = imagesPerChunk * IMAGE_BYTES;
  const images = await ResidentImages.upload(memory, { label: "images", ...examples, bytesPerChunk });
  const labels = images.uploadLabels(Uint32Array.from(examples.fine));
  const output = poisonedActivations(memory, "images", batch * PIXELS * 4, precision);
  const batchLabels = poisoned(memory, "labels", batch);
  const recorder = new Recorder(memory, precision);
  record(recorder, { images, labels, output, batchLabels });
  (await recorder.finish()).submit();
  const values = await readActivations(open.device, output, batch * PIXELS * 4, precision);
  const read = await readOutput(open.device, batchLabels, batch);
  memory.dispose();
  return { images: values, labels: new Int32Array(read.buffer) };
}

function train(draw: Draw, imagesPerChunk = COUNT, precision: Precision = "f32"): Promise<LabelledBatch> {
  const { batch, orderStart, step, seed, cropOffsets } = draw;
  return run(batch, imagesPerChunk, precision, (recorder, inputs) => {
    const { memory } = recorder;
    const state = new StepStateBuffer(memory);
    state.write({ step, learningRate: 0, orderStart, metricsRow: 0, dropoutSeed: 1, augmentSeed: seed });
    recordTrainingBatch(recorder, {
      ...inputs,
      label: `${batch}`,
      order: memory.upload("order", order),
      orderLength: order.length,
      state: state.view,
      batch,
      cropOffsets,
      whiteningGuard: GUARD,
    });
  });
}

function expectedOf(draw: Draw): LabelledBatch {
  const { step, seed, cropOffsets } = draw;
  return trainingBatch(examples, indicesOf(draw), { seed, step, rules: { cropOffsets, whiteningGuard: GUARD } });
}

/** Images [batch, 32, 32, 3] with a fourth channel of zeros. */
function padded(images: Float32Array): Float32Array {
  return Float32Array.from({ length: (images.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 0 : images[Math.floor(i / 4) * 3 + (i % 4)]!,
  );
}

/** The zeros of a constant channel and of channel 3, exactly; the others as near as `tolerance`. */
function expectSame(actual: LabelledBatch, expected: LabelledBatch, tolerance: number): void {
  const images = padded(expected.images);
  expect([...actual.labels]).toEqual([...expected.labels]);
  expect(relativeError(actual.images, images)).toBeLessThan(tolerance);
  expect(images.every((value, i) => value !== 0 || actual.images[i] === 0)).toBe(true);
}

test.each<Draw & { imagesPerChunk: number }>([
  { batch: 1, orderStart: 0, step: 0, seed: 0, cropOffsets: 9, imagesPerChunk: 17 },
  { batch: 3, orderStart: 32, step: 7, seed: 0xdeadbeef, cropOffsets: 8, imagesPerChunk: 9 },
  { batch: 13, orderStart: 4, step: 0x80000001, seed: 3, cropOffsets: 1, imagesPerChunk: 6 },
  { batch: 65, orderStart: 33, step: 123_456, seed: 0xffffffff, cropOffsets: 9, imagesPerChunk: 5 },
])(
  "batch $batch from $orderStart of the ring, $imagesPerChunk images a buffer: the crops, mirrors and labels of the processor",
  async (draw) => {
    expectSame(await train(draw, draw.imagesPerChunk), expectedOf(draw), TOLERANCE);
  },
);

test.each([1, 11, 65])("an evaluation of %i images shows them whole", async (batch) => {
  const indices = Uint32Array.from({ length: batch }, (_, i) => (i * 3 + 3) % COUNT);
  const actual = await run(batch, 5, "f32", (recorder, inputs) => {
    const list = recorder.memory.upload("indices", indices);
    recordEvaluationBatch(recorder, { ...inputs, label: `${batch}`, indices: list, batch, whiteningGuard: GUARD });
  });
  expectSame(actual, evaluationBatch(examples, indices, GUARD), TOLERANCE);
});

test("the same step twice gives the same bits, another step other crops", async () => {
  const draw: Draw = { batch: 5, orderStart: 6, step: 9, seed: 11, cropOffsets: 9 };
  const [first, again, other] = [await train(draw), await train(draw), await train({ ...draw, step: 10 })];
  expect(again).toEqual(first);
  expect(other.images).not.toEqual(first.images);
});

test("half precision stores the same images, rounded", async () => {
  if (!open.device.features.has("shader-f16")) return;
  const draw: Draw = { batch: 7, orderStart: 1, step: 2, seed: 3, cropOffsets: 9 };
  const expected = expectedOf(draw);
  // One rounding to 11 bits, the other way round where the float32 value differs in its last bits.
  const rounded = { images: Float32Array.from(stored(expected.images, "f16")), labels: expected.labels };
  expectSame(await train(draw, COUNT, "f16"), rounded, 2 ** -11);
});

test("crop offsets that leave the padded image are refused", async () => {
  await expect(train({ batch: 1, orderStart: 0, step: 0, seed: 0, cropOffsets: 10 })).rejects.toThrow(ConfigError);
});
