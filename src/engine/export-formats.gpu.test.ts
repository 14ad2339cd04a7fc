import { afterAll, beforeAll, expect, test } from "vitest";
import { EXPORT_FORMATS } from "../../tests/support/export-formats";
import { exampleInput, type UnpackedBundle, unpackBundle } from "../../tests/support/unpacked-bundle";
import type { HostTensor } from "../base/tensor";
import { sampleDataset } from "../data/sample";
import type { ExportCheck } from "../export/export-input";
import type { ExportNetwork } from "../export/portable";
import { type ExampleOptions, exampleNetwork } from "../export/testing";
import { type OpenDevice, openDevice } from "../kernels/device";
import { presetConfig } from "../model/presets";
import { deviceCompute } from "./device-compute";
import { exportCheck } from "./export-check";

const IMAGES = 256;
const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 12 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 12 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 12 },
};

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test.each(Object.keys(CASES))(
  "every format of %s gives the logits that the studio's engine gives, for 256 test images",
  async (name) => {
    const { bundle, check } = await exported(CASES[name]!);
    try {
      expect(check.logits.shape[0]).toBe(IMAGES);
      // Where nearly all are of one class, that no class differs says nothing.
      expect(new Set(likeliest(check.logits)).size).toBeGreaterThan(CASES[name]!.classes / 2);
      for (const [format, compute] of Object.entries(EXPORT_FORMATS)) {
        const { difference, otherClasses } = compared(await compute(bundle, check.images), check.logits);
        console.log(`${name}, ${format}: ${difference.toExponential(1)} of the largest logit, ${otherClasses} other classes`);
        // Float32 sums in another order: 1e-6 of the largest logit; a wrong pad, block or class order is off by more than 1e-2.
        expect(difference, format).toBeLessThan(1e-3);
        expect(otherClasses, format).toBe(0);
      }
    } finally {
      bundle.remove();
    }
  },
);

/** A bundle on disk, and what it says the engine gives on this device. */
async function exported(options: ExampleOptions): Promise<{ readonly bundle: UnpackedBundle; readonly check: ExportCheck }> {
  const example = exampleNetwork(options);
  const { dataset } = sampleDataset({ classes: options.classes, superclasses: 4, train: 12, test: IMAGES + 4, seed: 1 });
  const context = { dataset, compute: deviceCompute(device), breathe: () => new Promise<void>((go) => setImmediate(go)) };
  const run = { config: presetConfig("tiny"), classes: dataset.classes };
  const uneven = await exportCheck(context, run, example, example.network);
  const network = balanced(example.network, uneven.logits);
  const check = await exportCheck(context, run, example, network);
  return { bundle: await unpackBundle(exampleInput({ ...example, network }, options.grouping, check)), check };
}

/** With biases that take every class's mean off: random weights would find the same class in nearly every image. */
function balanced(network: ExportNetwork, { shape, data }: HostTensor): ExportNetwork {
  const [images, classes] = [shape[0]!, shape[1]!];
  const meanOf = (label: number): number =>
    Array.from({ length: images }, (_, image) => data[image * classes + label]!).reduce((sum, value) => sum + value, 0) / images;
  let position = 0;
  const parameters = [...network.parameters].map(([name, tensor]): [string, HostTensor] => {
    if (!name.endsWith("/biases")) return [name, tensor];
    return [name, { ...tensor, data: tensor.data.map((value) => value - meanOf(network.classOrder[position++]!)) }];
  });
  return { ...network, parameters: new Map(parameters) };
}

/** Largest difference in parts of the largest logit, and of how many images the likeliest class is another. */
function compared(actual: HostTensor, expected: HostTensor): { readonly difference: number; readonly otherClasses: number } {
  expect(actual.shape).toEqual(expected.shape);
  const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.data.reduce((most, value, index) => {
    const off = Math.abs(actual.data[index]! - value);
    return Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(most, off);
  }, 0);
  const [ours, theirs] = [likeliest(expected), likeliest(actual)];
  return { difference: difference / largest, otherClasses: ours.filter((label, image) => theirs[image] !== label).length };
}

function likeliest({ shape, data }: HostTensor): number[] {
  const classes = shape[1]!;
  return Array.from({ length: shape[0]! }, (_, image) => {
    const row = data.subarray(image * classes, (image + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}
