import { afterAll, beforeAll, expect, test } from "vitest";
import { hashName, randomStream, uniformOf } from "../base/random";
import { dropout, dropoutGradient } from "../reference/dropout";
import { globalMean } from "../reference/global-mean";
import { type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor, relativeError } from "../reference/testing";
import { dropoutUniforms, stored, uploadActivations } from "./activation-testing";
import { type OpenDevice, openDevice } from "./device";
import type { BufferView } from "./device-memory";
import type { Precision } from "./pipelines";
import { recordPool, recordPooledGradient } from "./pool";
import { poisoned, readOutput, runOnce } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const [STEP, SEED, LAYER, KEEP] = [0x80000001, 0xdeadbeef, "dropout_2", 0.7];
// Means of values about 1: a sum of n float32 errs by at most n / slices + slices roundings of 6e-8, far fewer by chance.
const TOLERANCE = 2e-6;

interface Case {
  readonly batch: number;
  readonly pixels: number;
  readonly channels: number;
  readonly normalised: boolean;
  readonly dropped: boolean;
  readonly precision: Precision;
}

/** Mask 0 or 1 of `count` elements. */
function maskOf(count: number): Uint8Array {
  const stream = randomStream(SEED, "dropout");
  return Uint8Array.from({ length: count }, (_, i) =>
    uniformOf(stream.words(i >>> 2, STEP, hashName(LAYER))[i & 3]!) < KEEP ? 1 : 0,
  );
}

function inputOf({ batch, pixels, channels, precision }: Case): Tensor64 {
  const shape = [batch, pixels, 1, channels];
  return tensor64(shape, stored(randomTensor(shape, 1).data, precision));
}

/** Float32 [4][channels]: mean, inverse, which the pool does not read, scale and beta. */
function coefficientsOf(channels: number): Float64Array {
  return stored(randomTensor([4, channels], 2).data, "f32");
}

function expectedOf(one: Case): Tensor64 {
  const { batch, channels, normalised, dropped } = one;
  const x = inputOf(one);
  const coefficients = coefficientsOf(channels);
  const activated = x.data.map((value, i) => {
    const c = i % channels;
    return Math.max(0, (value - coefficients[c]!) * coefficients[2 * channels + c]! + coefficients[3 * channels + c]!);
  });
  const features = globalMean(normalised ? tensor64(x.shape, activated) : x);
  return dropped ? dropout(features, maskOf(batch * channels), KEEP) : features;
}

async function pool(one: Case): Promise<Float32Array> {
  const { batch, pixels, channels, normalised, dropped, precision } = one;
  const views: { output?: BufferView } = {};
  const memory = await runOnce(
    open.device,
    (recorder, own) => {
      const output = poisoned(own, "features", batch * channels);
      views.output = output;
      recordPool(recorder, {
        label: `${batch}x${pixels}x${channels}`,
        batch,
        pixelsPerImage: pixels,
        channels,
        input: uploadActivations(own, "x", inputOf(one).data, precision),
        coefficients: normalised ? own.upload("coefficients", Float32Array.from(coefficientsOf(channels))) : null,
        dropout: dropped ? { keep: KEEP, ...dropoutUniforms(own, LAYER, STEP, SEED) } : null,
        output,
      });
    },
    precision,
  );
  const features = await readOutput(open.device, views.output!, batch * channels);
  memory.dispose();
  return features;
}

test.each<Case>([
  { batch: 1, pixels: 1, channels: 4, normalised: true, dropped: false, precision: "f32" },
  { batch: 3, pixels: 63, channels: 12, normalised: true, dropped: true, precision: "f32" },
  { batch: 5, pixels: 64, channels: 64, normalised: true, dropped: false, precision: "f32" },
  { batch: 7, pixels: 65, channels: 68, normalised: false, dropped: true, precision: "f32" },
  { batch: 65, pixels: 3, channels: 132, normalised: false, dropped: false, precision: "f32" },
  { batch: 2, pixels: 2179, channels: 20, normalised: true, dropped: false, precision: "f32" },
])("features of $batch x $pixels x $channels are means over the pixels of an image", async (one) => {
  expect(relativeError(await pool(one), expectedOf(one).data)).toBeLessThan(TOLERANCE);
});

test("half precision is read, and summed in float32", async () => {
  if (!open.device.features.has("shader-f16")) return;
  const one: Case = { batch: 3, pixels: 64, channels: 68, normalised: true, dropped: true, precision: "f16" };
  expect(relativeError(await pool(one), expectedOf(one).data)).toBeLessThan(TOLERANCE);
});

test("the same pool twice gives the same bits", async () => {
  const one: Case = { batch: 3, pixels: 65, channels: 68, normalised: true, dropped: true, precision: "f32" };
  expect(await pool(one)).toEqual(await pool(one));
});

test.each([
  [1, 4],
  [3, 12],
  [65, 68],
])("the gradient of %i x %i features passes the same mask", async (batch, channels) => {
  const dy = tensor64([batch, channels], stored(randomTensor([batch, channels], 3).data, "f32"));
  const views: { output?: BufferView } = {};
  const memory = await runOnce(open.device, (recorder, own) => {
    const output = poisoned(own, "gradient", batch * channels);
    views.output = output;
    recordPooledGradient(recorder, {
      label: "test",
      batch,
      channels,
      dropout: { keep: KEEP, ...dropoutUniforms(own, LAYER, STEP, SEED) },
      gradient: own.upload("dy", Float32Array.from(dy.data)),
      output,
    });
  });
  const dx = await readOutput(open.device, views.output!, batch * channels);
  // One product with 1 / keep, which itself is rounded.
  expect(relativeError(dx, dropoutGradient(dy, maskOf(batch * channels), KEEP).data)).toBeLessThan(2.5e-7);
  memory.dispose();
});
