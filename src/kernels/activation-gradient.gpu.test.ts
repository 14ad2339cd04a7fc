import { afterAll, beforeAll, expect, test } from "vitest";
import { activationGradients } from "../reference/activation";
import { type ActivationCase, activationCase, CASE_DROPOUT, coefficientsOf } from "../reference/activation-case";
import { addTensors, type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor, relativeError } from "../reference/testing";
import { type OutputGradient, recordActivationGradient } from "./activation-gradient";
import { dropoutUniforms, poisonedActivations, readActivations, stored, uploadActivations } from "./activation-testing";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";
import { poisoned, readOutput } from "./testing";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

interface Given extends ActivationCase {
  /** [pixels, channels], or [images, channels] where `pixelsPerImage` is a number. */
  readonly outputGradient: Tensor64;
  readonly pixelsPerImage: number | null;
  readonly residual: Tensor64 | null;
  readonly trainScale: boolean;
  readonly precision: Precision;
}

interface Options {
  readonly pixels: number;
  readonly channels: number;
  readonly relu: boolean;
  readonly keep: number | null;
  readonly pixelsPerImage?: number;
  readonly withResidual?: boolean;
  readonly trainScale?: boolean;
  readonly precision?: Precision;
}

function given(options: Options): Given {
  const { pixels, channels, pixelsPerImage = null, withResidual = false, trainScale = true, precision = "f32" } = options;
  const rows = pixelsPerImage === null ? pixels : pixels / pixelsPerImage;
  const random = (which: number, count: number, as: Precision): Tensor64 =>
    tensor64([count, channels], stored(randomTensor([count, channels], which).data, as));
  return {
    ...activationCase({ ...options, store: (values) => stored(values, precision) }),
    outputGradient: random(2, rows, pixelsPerImage === null ? precision : "f32"),
    pixelsPerImage,
    residual: withResidual ? random(3, pixels, precision) : null,
    trainScale,
    precision,
  };
}

interface Gradients {
  readonly x: ArrayLike<number>;
  readonly gamma: ArrayLike<number> | null;
  readonly beta: ArrayLike<number>;
}

function expectedOf({ x, layer, channels, outputGradient, pixelsPerImage, residual, trainScale }: Given): Gradients {
  const spread = Float64Array.from(x.data, (_, i) => {
    const image = Math.floor(i / channels / (pixelsPerImage ?? 1));
    return outputGradient.data[image * channels + (i % channels)]! / (pixelsPerImage ?? 1);
  });
  const gradients = activationGradients({ shape: x.shape, data: spread }, x, layer);
  const dx = residual === null ? gradients.x : addTensors(gradients.x, residual);
  return { x: dx.data, gamma: trainScale ? gradients.gamma.data : null, beta: gradients.beta.data };
}

async function run({ x, layer, channels, precision, ...rest }: Given): Promise<Gradients> {
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory, precision);
  const upload = (label: string, { data }: Tensor64) => uploadActivations(memory, label, data, precision);
  const { name, step, seed } = CASE_DROPOUT;
  const { pixelsPerImage } = rest;
  const outputGradient: OutputGradient =
    pixelsPerImage === null
      ? { kind: "perPixel", operand: upload("dy", rest.outputGradient) }
      : { kind: "perImage", operand: memory.upload("dy", Float32Array.from(rest.outputGradient.data)), pixelsPerImage };
  const [betaGradient, gammaGradient] = [poisoned(memory, "beta", channels), poisoned(memory, "gamma", channels)];
  const output = poisonedActivations(memory, "dx", x.data.length, precision);
  recordActivationGradient(recorder, {
    label: "test",
    pixels: x.data.length / channels,
    channels,
    input: upload("x", x),
    coefficients: memory.upload("coefficients", coefficientsOf(layer)),
    relu: layer.relu,
    dropout: layer.dropout && { keep: layer.dropout.keep, ...dropoutUniforms(memory, name, step, seed) },
    outputGradient,
    residual: rest.residual && upload("residual", rest.residual),
    gammaGradient: rest.trainScale ? gammaGradient : null,
    betaGradient,
    output,
  });
  (await recorder.finish()).submit();
  const gradients = {
    x: await readActivations(open.device, output, x.data.length, precision),
    gamma: rest.trainScale ? await readOutput(open.device, gammaGradient, channels) : null,
    beta: await readOutput(open.device, betaGradient, channels),
  };
  memory.dispose();
  return gradients;
}

/** Largest difference relative to the largest expected value. */
function errorOf(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Array.from(expected).reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
  const scaled = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, (value) => value / largest);
  return relativeError(scaled(actual), scaled(expected));
}

// Edges of lanes, rows, slices, blocks and tiles of channels; images with the last pixel of a slice inside.
test.each<Options>([
  { pixels: 3, channels: 4, relu: true, keep: 0.5 },
  { pixels: 63, channels: 12, relu: false, keep: null, withResidual: true },
  { pixels: 65, channels: 64, relu: true, keep: null, trainScale: false },
  { pixels: 65, channels: 68, relu: true, keep: 0.75, withResidual: true },
  { pixels: 65, channels: 1028, relu: true, keep: 0.5 },
  { pixels: 2179, channels: 36, relu: false, keep: 0.5, trainScale: false },
  { pixels: 7 * 63, channels: 68, relu: true, keep: null, pixelsPerImage: 63 },
  { pixels: 33 * 64, channels: 36, relu: true, keep: 0.75, pixelsPerImage: 64, withResidual: true },
  { pixels: 1_000_003, channels: 4, relu: true, keep: null, withResidual: true },
])("the gradients of %j agree with float64", async (options) => {
  const example = given(options);
  const [actual, expected] = [await run(example), expectedOf(example)];
  // Measured: 2e-7 for dx. Sums add some hundred float32 values in a row, with signs that cancel: 1e-6 over a million pixels.
  const tolerance = 2e-6;
  expect(errorOf(actual.x, expected.x)).toBeLessThan(1e-6);
  expect(errorOf(actual.beta, expected.beta)).toBeLessThan(tolerance);
  expect(actual.gamma === null).toBe(expected.gamma === null);
  if (actual.gamma !== null && expected.gamma !== null) expect(errorOf(actual.gamma, expected.gamma)).toBeLessThan(tolerance);
});

test("the gradient of a single pixel's normalisation is zero", async () => {
  const { x } = await run(given({ pixels: 1, channels: 4, relu: false, keep: null }));
  // dy - mean(dy) cancels, up to one rounding of scale dy with scale at most 1 / sqrt(epsilon) times gamma.
  for (const value of Array.from(x)) expect(Math.abs(value)).toBeLessThan(316 * 4 * 4 * 2 ** -23);
});

test("padding channels have gradients of exactly zero", async () => {
  const { x, gamma, beta } = await run(given({ pixels: 65, channels: 68, relu: true, keep: 0.5 }));
  expect(Array.from(x).filter((value, i) => i % 68 >= 64 && value !== 0)).toEqual([]);
  expect(Array.from(gamma!).slice(64)).toEqual([0, 0, 0, 0]);
  expect(Array.from(beta).slice(64)).toEqual([0, 0, 0, 0]);
});

test("the same step twice gives identical bits", async () => {
  const example = given({ pixels: 2179, channels: 36, relu: true, keep: 0.5, withResidual: true });
  expect(await run(example)).toEqual(await run(example));
});

test("half-precision gradients are the float64 ones, rounded once; those of parameters are not rounded", async () => {
  if (!open.device.features.has("shader-f16")) return;
  const example = given({ pixels: 2179, channels: 36, relu: true, keep: 0.5, withResidual: true, precision: "f16" });
  const [actual, expected] = [await run(example), expectedOf(example)];
  expect(errorOf(actual.x, expected.x)).toBeLessThan(2 ** -11 + 2e-6);
  expect(errorOf(actual.beta, expected.beta)).toBeLessThan(2e-6);
  expect(errorOf(actual.gamma!, expected.gamma!)).toBeLessThan(2e-6);
});
