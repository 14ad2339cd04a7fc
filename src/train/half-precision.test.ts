import { expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { lossScaleOf, requireFullPrecision, requirePrecision } from "./half-precision";

const [full, half] = [{ precision: "f32" }, { precision: "f16" }] as const;

test("half precision is refused where the device lacks it, with the way out, full precision never", () => {
  const [with16, without] = [new Set(["shader-f16", "subgroups"]), new Set(["subgroups"])];
  expect(() => requirePrecision(half, without)).toThrow(ConfigError);
  expect(() => requirePrecision(half, without)).toThrow(/^precision: .*shader-f16/);
  for (const [config, features] of [
    [half, with16],
    [full, with16],
    [full, without],
  ] as const) {
    expect(() => requirePrecision(config, features)).not.toThrow();
  }
});

test("the tensor engine refuses half precision, with the way out", () => {
  expect(() => requireFullPrecision(half)).toThrow(ConfigError);
  expect(() => requireFullPrecision(half)).toThrow(/^precision: the stock kernels/);
  expect(() => requireFullPrecision(full)).not.toThrow();
});

test("the loss scale is 1 in full precision, else a power of two in proportion to the batch", () => {
  for (const batch of [1, 3, 8, 90, 4096]) {
    expect(lossScaleOf("f32", batch)).toBe(1);
    const scale = lossScaleOf("f16", batch);
    expect(Number.isInteger(Math.log2(scale))).toBe(true);
    expect(Math.abs(Math.log2(scale / batch / 1024))).toBeLessThanOrEqual(0.5);
  }
});
