import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "./device";
import { readBack } from "./device-memory";
import { poisoned, readOutput, runOnce } from "./testing";
import { recordValueRange, valueRangeOf } from "./value-range";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test.each([4, 12, 64, 252, 256, 260, 2180])("the range of %d values is that of a loop", async (count) => {
  const values = Float32Array.from({ length: count }, (_, i) => [0, -3, 5e-5, 2e-8, 7, -11, 1e-3][i % 7]! * (1 + (i % 3)));
  let result: ReturnType<typeof poisoned> | undefined;
  const memory = await runOnce(device.device, (recorder, owner) => {
    result = poisoned(owner, "range", 8);
    recordValueRange(recorder, { label: `${count}`, values: owner.upload("values", values), count, result });
  });
  await readOutput(device.device, result!, 8);
  const range = valueRangeOf(await readBack(device.device, result!));
  const sizes = [...values].map(Math.abs).filter((value) => value > 0);
  const [subnormal, lost] = [2 ** -14, 2 ** -25].map((limit) => sizes.filter((value) => value < limit));
  const squares = (of: readonly number[]): number => of.reduce((sum, value) => sum + value * value, 0);
  expect([range.largest, range.count, range.subnormal, range.lost]).toEqual([
    Math.max(...sizes),
    sizes.length,
    subnormal!.length,
    lost!.length,
  ]);
  // Sums of up to a thousand float32 squares of one sign: 64 partial sums keep the error of each below 20 roundings.
  for (const [actual, of] of [
    [range.squares, sizes],
    [range.subnormalSquares, subnormal!],
    [range.lostSquares, lost!],
  ] as const) {
    expect(Math.abs(actual - squares(of))).toBeLessThanOrEqual(2e-6 * squares(of));
  }
  memory.dispose();
});
