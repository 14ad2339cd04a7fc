import { afterAll, beforeAll, expect, test } from "vitest";
import { activation } from "../reference/activation";
import { type ActivationCase, activationCase, CASE_DROPOUT, coefficientsOf } from "../reference/activation-case";
import { batchNorm } from "../reference/batch-norm";
import { relativeError } from "../reference/testing";
import { recordActivation } from "./activation";
import { dropoutUniforms, poisonedActivations, readActivations, stored, uploadActivations } from "./activation-testing";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { Recorder } from "./recorder";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

const float32 = (values: Float64Array): Float64Array => stored(values, "f32");
const float16 = (values: Float64Array): Float64Array => stored(values, "f16");

async function run({ x, layer, channels }: ActivationCase, precision: Precision = "f32"): Promise<Float32Array> {
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory, precision);
  const { name, step, seed } = CASE_DROPOUT;
  const output = poisonedActivations(memory, "output", x.data.length, precision);
  recordActivation(recorder, {
    label: "test",
    pixels: x.data.length / channels,
    channels,
    input: uploadActivations(memory, "x", x.data, precision),
    coefficients: memory.upload("coefficients", coefficientsOf(layer)),
    relu: layer.relu,
    dropout: layer.dropout && { keep: layer.dropout.keep, ...dropoutUniforms(memory, name, step, seed) },
    output,
  });
  (await recorder.finish()).submit();
  const result = await readActivations(open.device, output, x.data.length, precision);
  memory.dispose();
  return result;
}

// Pixels, channels, ReLU, keep: edges of lanes, rows, blocks and tiles of channels.
test.each([
  [1, 4, true, 0.5],
  [3, 12, false, null],
  [63, 64, true, null],
  [65, 68, true, 0.75],
  [65, 1028, true, 0.5],
  [2179, 36, false, 0.75],
  [2179, 4, true, 1],
  [1_000_003, 4, true, null],
] as const)(
  "%i pixels of %i channels, ReLU %s, keep %s: the output agrees with float64",
  async (pixels, channels, relu, keep) => {
    const given = activationCase({ pixels, channels, relu, keep, store: float32 });
    const output = await run(given);
    // Roundings of mean, scale, difference and product, each relative to values a few times the largest output.
    expect(relativeError(output, activation(given.x, given.layer).data)).toBeLessThan(5e-7);
  },
);

test("the dropout mask is the stream's, element for element", async () => {
  const given = activationCase({ pixels: 2179, channels: 36, relu: false, keep: 0.75, store: float32 });
  const dropped = Array.from(await run(given), (value) => value === 0);
  const y = batchNorm(given.x, given.layer.moments, given.layer.gamma, given.layer.beta).data;
  expect(dropped).toEqual(Array.from(y, (value, i) => value === 0 || given.layer.dropout!.mask[i] === 0));
});

test("padding channels stay exactly zero", async () => {
  const given = activationCase({ pixels: 65, channels: 68, relu: true, keep: 0.5, store: float32 });
  const output = await run(given);
  expect(output.filter((value, i) => i % 68 >= 64 && value !== 0)).toHaveLength(0);
});

test("the same step twice gives identical bits", async () => {
  const given = activationCase({ pixels: 2179, channels: 36, relu: true, keep: 0.5, store: float32 });
  expect(await run(given)).toEqual(await run(given));
});

test("half-precision outputs are the float64 ones, rounded once", async () => {
  if (!open.device.features.has("shader-f16")) return;
  const given = activationCase({ pixels: 2179, channels: 36, relu: true, keep: 0.5, store: float16 });
  const output = await run(given, "f16");
  // 2^-11, half a unit of eleven bits, relative to the largest.
  expect(relativeError(output, activation(given.x, given.layer).data)).toBeLessThan(2 ** -11 + 1e-6);
});
