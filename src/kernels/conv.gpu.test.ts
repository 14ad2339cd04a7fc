import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConvCase, convAnswer } from "../reference/conv-case";
import { stored } from "./activation-testing";
import { multiplyAdds } from "./conv-geometry";
import { type Example, exampleOf, firstDifference, runFilterGradient, runGather, worstError } from "./conv-testing";
import { type OpenDevice, openDevice } from "./device";
import type { Precision } from "./pipelines";
import { CANDIDATES, type ConvChoice, onlyKernel } from "./tuning-choice";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

// Strips of 8 pixels and tails of them, odd extents, both strides, channels off the vectors and off the tiles of 32 and 64, uneven
// blocks from size 1 upward.
const problems: readonly (readonly [string, ConvCase])[] = [
  ["3x3 on rows of 8", { batch: 3, height: 8, width: 8, size: 3, stride: 1, inputs: [12], outputs: [20] }],
  ["3x3 on rows of 16, 65 to 63 channels", { batch: 1, height: 3, width: 16, size: 3, stride: 1, inputs: [65], outputs: [63] }],
  ["3x3 on rows of 8, 65 to 130 channels", { batch: 2, height: 5, width: 8, size: 3, stride: 1, inputs: [65], outputs: [130] }],
  ["3x3 on odd extents", { batch: 2, height: 5, width: 7, size: 3, stride: 1, inputs: [3], outputs: [16] }],
  ["3x3 on odd extents, 65 to 130 channels", { batch: 3, height: 5, width: 9, size: 3, stride: 1, inputs: [65], outputs: [130] }],
  ["3x3 of one pixel and channel", { batch: 1, height: 1, width: 1, size: 3, stride: 1, inputs: [1], outputs: [1] }],
  ["3x3 stride 2", { batch: 2, height: 8, width: 16, size: 3, stride: 2, inputs: [16], outputs: [24] }],
  ["3x3 stride 2, 65 to 130 channels", { batch: 5, height: 8, width: 8, size: 3, stride: 2, inputs: [65], outputs: [130] }],
  ["3x3 stride 2 on odd extents", { batch: 3, height: 7, width: 5, size: 3, stride: 2, inputs: [4], outputs: [9] }],
  ["1x1 stride 2", { batch: 2, height: 8, width: 8, size: 1, stride: 2, inputs: [24], outputs: [40] }],
  ["1x1 stride 2, 130 to 65 channels", { batch: 2, height: 12, width: 12, size: 1, stride: 2, inputs: [130], outputs: [65] }],
  ["1x1", { batch: 1, height: 5, width: 13, size: 1, stride: 1, inputs: [7], outputs: [3] }],
  ["a dense layer", { batch: 11, height: 1, width: 1, size: 1, stride: 1, inputs: [63], outputs: [10] }],
  ["uneven blocks 1, 3, 65", { batch: 2, height: 4, width: 8, size: 3, stride: 1, inputs: [1, 3, 65], outputs: [5, 63, 1] }],
  ["uneven blocks 70, 4", { batch: 1, height: 3, width: 24, size: 3, stride: 1, inputs: [70, 4], outputs: [130, 33] }],
  ["uneven blocks, stride 2", { batch: 1, height: 6, width: 6, size: 3, stride: 2, inputs: [5, 19], outputs: [30, 2] }],
  ["uneven blocks, 1x1", { batch: 2, height: 6, width: 6, size: 1, stride: 2, inputs: [8, 1, 2], outputs: [3, 9, 4] }],
  ["several slices of the filter gradient", { batch: 5, height: 16, width: 16, size: 3, stride: 1, inputs: [3], outputs: [16] }],
];

// Sums of up to 1,170 float32 products of numbers near 1, in another order than the oracle's.
const SUM_ERROR = 1e-6;
// What is stored in half precision is rounded once more, by at most half a unit in 11 bits.
const TOLERANCES: Readonly<Record<Precision, number>> = { f32: SUM_ERROR, f16: SUM_ERROR + 2 ** -11 };

function example(problem: ConvCase, precision: Precision = "f32"): Example {
  const answer = convAnswer(problem, (values) => stored(values, precision));
  return exampleOf(problem, answer, precision);
}

async function expectGather(given: Example, pass: "forward" | "input-gradient", choice: ConvChoice): Promise<void> {
  const expected = pass === "forward" ? given.forward : given.inputGradient;
  const tolerance = TOLERANCES[given.precision];
  const plain = await runGather(open.device, given, pass, false, choice);
  expect(worstError(plain.result, expected.plain)).toBeLessThanOrEqual(tolerance);
  const added = await runGather(open.device, given, pass, true, choice);
  expect(worstError(added.result, expected.added)).toBeLessThanOrEqual(tolerance);
}

describe.each(problems)("%s", (_, problem) => {
  const given = example(problem);

  describe.each(["forward", "input-gradient"] as const)("%s", (pass) => {
    test.each(CANDIDATES[pass])("%s agrees with the float64 oracle, with and without addend", async (kernel) => {
      await expectGather(given, pass, onlyKernel(kernel));
    });

    test("every kernel gives the bits of the direct one, in one dispatch or several", async () => {
      const run = (choice: ConvChoice) => runGather(open.device, given, pass, true, choice);
      const direct = (await run(onlyKernel("direct"))).result;
      const third = multiplyAdds(given.geometry) / 3;
      for (const kernel of CANDIDATES[pass]) {
        expect(firstDifference((await run(onlyKernel(kernel))).result, direct)).toBe(-1);
        expect(firstDifference((await run(onlyKernel(kernel, third))).result, direct)).toBe(-1);
      }
    });
  });

  test.each(CANDIDATES["filter-gradient"])(
    "the filter gradient's slices by %s add up to the float64 oracle's",
    async (kernel) => {
      const { total } = await runFilterGradient(open.device, given, onlyKernel(kernel));
      expect(worstError(total, given.filterGradient)).toBeLessThanOrEqual(SUM_ERROR);
    },
  );

  test("every kernel gives the filter gradient's slices the bits of the direct one, in one dispatch or several", async () => {
    const run = (choice: ConvChoice) => runFilterGradient(open.device, given, choice);
    const direct = (await run(onlyKernel("direct"))).raw;
    const seventh = multiplyAdds(given.geometry) / 7;
    for (const kernel of CANDIDATES["filter-gradient"]) {
      expect(firstDifference((await run(onlyKernel(kernel))).raw, direct)).toBe(-1);
      expect(firstDifference((await run(onlyKernel(kernel, seventh))).raw, direct)).toBe(-1);
    }
  });
});

test("a pass above its bound takes more dispatches, at starts that may be bound", async () => {
  const wide: ConvCase = { batch: 9, height: 8, width: 8, size: 3, stride: 1, inputs: [4], outputs: [8] };
  const given = example(wide);
  const perImage = multiplyAdds(given.geometry) / wide.batch;
  const dispatches = async (images: number) =>
    (await runGather(open.device, given, "forward", false, onlyKernel("tiled-64", images * perImage))).dispatches;
  expect(await Promise.all([9, 8.9, 4, 1, 0.1].map(dispatches))).toEqual([1, 2, 3, 9, 9]);
  // 4 channels of one pixel have 16 bytes: 16 images until the next multiple of 256.
  const narrow = example({ batch: 70, height: 1, width: 1, size: 1, stride: 1, inputs: [4], outputs: [4] });
  const { result, dispatches: parts } = await runGather(open.device, narrow, "forward", true, onlyKernel("direct", 16));
  expect(worstError(result, narrow.forward.added)).toBeLessThanOrEqual(SUM_ERROR);
  expect(parts).toBe(5);
  const slices = await runFilterGradient(open.device, given, onlyKernel("tiled-32", 4 * perImage));
  expect(slices.dispatches).toBeGreaterThan(1);
});

describe.each(["3x3 on rows of 8, 65 to 130 channels", "3x3 stride 2", "uneven blocks, 1x1", "uneven blocks 70, 4"])(
  "half precision: %s",
  (name) => {
    const problem = problems.find(([known]) => known === name)![1];

    test.each(CANDIDATES.forward)("%s agrees with the oracle on what was stored", async (kernel) => {
      if (!open.device.features.has("shader-f16")) return;
      const given = example(problem, "f16");
      await expectGather(given, "forward", onlyKernel(kernel));
      await expectGather(given, "input-gradient", onlyKernel(kernel));
      if (!CANDIDATES["filter-gradient"].includes(kernel)) return;
      // Gradients of weights are float32: nothing is rounded once more.
      const { total } = await runFilterGradient(open.device, given, onlyKernel(kernel));
      expect(worstError(total, given.filterGradient)).toBeLessThanOrEqual(SUM_ERROR);
    });
  },
);
