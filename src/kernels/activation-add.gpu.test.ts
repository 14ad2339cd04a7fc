import { afterAll, beforeAll, expect, test } from "vitest";
import { relu, reluGradient } from "../reference/relu";
import { addTensors, type Tensor64, tensor64 } from "../reference/tensor64";
import { randomTensor } from "../reference/testing";
import { recordAdd, recordReluGradient } from "./activation-add";
import { poisonedActivations, readActivations, stored, uploadActivations } from "./activation-testing";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory } from "./device-memory";
import type { Precision } from "./pipelines";
import { type Operand, Recorder } from "./recorder";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

function random(count: number, which: number, precision: Precision): Tensor64 {
  return tensor64([count], stored(randomTensor([count], which).data, precision));
}

/** Output of a kernel with two inputs and one output of one shape. */
async function run(
  [first, second]: readonly [Tensor64, Tensor64],
  precision: Precision,
  record: (recorder: Recorder, first: Operand, second: Operand, output: Operand) => void,
): Promise<Float32Array> {
  const memory = new DeviceMemory(open.device);
  const recorder = new Recorder(memory, precision);
  const values = first.data.length;
  const output = poisonedActivations(memory, "output", values, precision);
  const [a, b] = [first, second].map(({ data }, i) => uploadActivations(memory, `input ${i}`, data, precision));
  record(recorder, a!, b!, output);
  (await recorder.finish()).submit();
  const result = await readActivations(open.device, output, values, precision);
  memory.dispose();
  return result;
}

const PRECISIONS: readonly Precision[] = ["f32", "f16"];

// Edges of vectors, of workgroups (1,024 values) and of blocks (4,096 values).
test.each([4, 12, 1020, 1024, 1028, 4092, 4096, 4100, 65_540])(
  "sums, rectified or not, and gradients of %i values are the float64 ones, rounded once",
  async (values) => {
    for (const precision of PRECISIONS) {
      if (precision === "f16" && !open.device.features.has("shader-f16")) continue;
      const [left, right] = [random(values, 1, precision), random(values, 2, precision)];
      const sum = addTensors(left, right);
      const label = "test";
      for (const rectified of [false, true]) {
        const actual = await run([left, right], precision, (recorder, a, b, output) =>
          recordAdd(recorder, { label, values, left: a, right: b, relu: rectified, output }),
        );
        expect(actual).toEqual(Float32Array.from(stored((rectified ? relu(sum) : sum).data, precision)));
      }
      const output = relu(left);
      const gradient = await run([output, right], precision, (recorder, a, b, inputGradient) =>
        recordReluGradient(recorder, { label, values, output: a, outputGradient: b, inputGradient }),
      );
      expect(gradient).toEqual(Float32Array.from(reluGradient(right, output).data));
    }
  },
);
