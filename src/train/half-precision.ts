import { ConfigError } from "../base/errors";
import type { Config } from "../model/config";

/** What half precision needs of a device, and by how much it enlarges gradients (docs/design/half-precision.md). */

/** Throws ConfigError where a device with these features cannot store activations as the configuration asks. */
export function requirePrecision({ precision }: Pick<Config, "precision">, features: { has(feature: string): boolean }): void {
  if (precision === "f32" || features.has("shader-f16")) return;
  throw new ConfigError(
    "precision: f16 needs a graphics device with shader-f16, and this one has none",
    'Set precision to "f32"; or use another browser, driver or device for this run.',
  );
}

/** Throws ConfigError for half precision, which the tensor engine does not know. */
export function requireFullPrecision({ precision }: Pick<Config, "precision">): void {
  if (precision === "f32") return;
  throw new ConfigError(
    "precision: the stock kernels compute in f32 only",
    'Set precision to "f32", or use our own kernels (--kernels own).',
  );
}

/** Times the gradient of one example's loss in stored activations. */
const EXAMPLE_SCALE = 1024;

/**
 * Gradients are computed this many times larger and divided before they are used, so that half precision neither loses nor overflows them.
 * Those of a mean over the batch shrink with it: the scale grows with the batch. A power of two, so that it rounds nothing.
 */
export function lossScaleOf(precision: Config["precision"], batch: number): number {
  return precision === "f16" ? EXAMPLE_SCALE * 2 ** Math.round(Math.log2(batch)) : 1;
}
