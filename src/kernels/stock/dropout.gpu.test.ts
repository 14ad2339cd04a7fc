import { afterAll, beforeAll, expect, test } from "vitest";
import { hashName, randomStream, uniformOf } from "../../base/random";
import { type OpenDevice, openDevice } from "../device";
import { takeStockKernels } from "./backend";
import { dropoutMaskTensor } from "./dropout";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  await takeStockKernels(device);
});
afterAll(() => device.close());

test.each([[4], [63 * 4], [64 * 4], [65 * 4], [2, 8, 8, 17 * 4]])(
  "a mask of %j is the stream's words, element for element",
  async (...shape) => {
    const key = { seed: 0xdeadbeef, step: 0x80000001, layer: "unit_3_0/dropout_1" };
    const mask = dropoutMaskTensor(shape, 0.75, key);
    const values = await mask.data();
    const stream = randomStream(key.seed, "dropout");
    const expected = Float32Array.from(values, (_, i) => {
      const word = stream.words(i >>> 2, key.step, hashName(key.layer))[i & 3]!;
      return uniformOf(word) < 0.75 ? 1 / 0.75 : 0;
    });
    expect(values).toEqual(expected);
    mask.dispose();
  },
);

test("masks of other steps and layers are other masks, and keep the asked share", async () => {
  const key = { seed: 7, step: 3, layer: "a" };
  const [first, later, other] = await Promise.all(
    [key, { ...key, step: 4 }, { ...key, layer: "b" }].map(async (one) =>
      Array.from(await dropoutMaskTensor([40_000], 0.5, one).data()),
    ),
  );
  expect(later).not.toEqual(first);
  expect(other).not.toEqual(first);
  const kept = first!.filter((value) => value > 0).length / 40_000;
  // Three standard errors of a share of one half over 40,000 draws.
  expect(Math.abs(kept - 0.5)).toBeLessThan(3 * Math.sqrt(0.25 / 40_000));
});

test("a number of elements that is no multiple of four is refused", () => {
  expect(() => dropoutMaskTensor([3], 0.5, { seed: 1, step: 0, layer: "x" })).toThrow(/dropout over 3 elements/);
});
