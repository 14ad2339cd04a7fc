import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "./device";
import type { BufferView } from "./device-memory";
import { poisoned, readOutput, runOnce } from "./testing";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

const SOURCE = `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < COUNT) { y[id.x] = exponential(x[id.x]); }
}`;

async function exponentials(x: Float32Array): Promise<Float32Array> {
  let output: BufferView;
  const memory = await runOnce(device.device, (recorder, memory) => {
    output = poisoned(memory, "exponentials", x.length);
    recorder.dispatch({
      label: "exponentials",
      kernel: { source: SOURCE, constants: { COUNT: `${x.length}u` } },
      operands: [memory.upload("x", x), output],
      workgroups: [Math.ceil(x.length / 64), 1, 1],
    });
  });
  const values = await readOutput(device.device, output!, x.length);
  memory.dispose();
  return values;
}

test("the exponential is within two units of the last place", async () => {
  const x = Float32Array.from({ length: 65_536 }, (_, i) => (-87 * i) / 65_535);
  const y = await exponentials(x);
  const errors = x.map((value, i) => Math.abs(y[i]! / Math.exp(value) - 1));
  expect(errors.reduce((a, b) => Math.max(a, b))).toBeLessThan(2 * 2 ** -23);
});

test("the exponential is exact at 0, vanishes far below, and keeps what is no number", async () => {
  const y = await exponentials(Float32Array.from([0, -0, -88, -1e30, Number.NEGATIVE_INFINITY, Number.NaN]));
  expect([...y]).toEqual([1, 1, 0, 0, 0, Number.NaN]);
});
