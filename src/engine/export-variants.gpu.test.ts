import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import * as ort from "onnxruntime-web";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import { decodeSafetensors } from "../export/safetensors";
import { type OpenDevice, openDevice } from "../kernels/device";
import { rankOf } from "../splitnet/ranking";
import { openFolder } from "../storage/folder/open";
import type { EngineContext } from "./context";
import { deviceCompute } from "./device-compute";
import { WHOLE_EXPORT } from "./export-options";
import { exportStage } from "./export-stage";
import { createRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext, exampleDataset } from "./testing";

ort.env.wasm.numThreads = 1;

let device: OpenDevice;
let folder: string;
let context: EngineContext;
let id: string;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
  folder = await mkdtemp(join(tmpdir(), "splitnet-variants-"));
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  context = exampleContext(openFolder(folder).runs, { compute: deviceCompute(device), now: Date.now, breathe });
  ({ id } = await createRun(context, exampleConfig));
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
});
afterAll(async () => {
  device.close();
  await rm(folder, { recursive: true });
});

const { fine, count } = exampleDataset.test;

async function exported(options = WHOLE_EXPORT): Promise<Record<string, Uint8Array>> {
  return unzipSync(await archiveBytes(await exportStage(context, id, options)));
}

/** Logits of the bundle's check images, which are all test images of the example. */
async function logitsOf(files: Record<string, Uint8Array>, name: string): Promise<Float32Array> {
  const image = tensorNamed(decodeSafetensors(files["check.safetensors"]!).tensors, "image");
  const session = await ort.InferenceSession.create(files[name]!);
  const { logits } = await session.run({ image: new ort.Tensor("float32", image.data, image.shape) });
  await session.release();
  return Float32Array.from(logits!.data, Number);
}

function decisions(logits: Float32Array): number[] {
  const classes = logits.length / count;
  return Array.from(
    { length: count },
    (_, image) => rankOf(logits.subarray(image * classes, (image + 1) * classes), 0).predicted,
  );
}

test("the accuracy on the card is that of the file, loaded with ONNX Runtime on the same images", async () => {
  const files = await exported({ variants: ["float16", "int8"], classes: null });
  const card = new TextDecoder().decode(files["README.md"]);
  const original = decisions(await logitsOf(files, "onnx/model.onnx"));
  for (const [row, name] of [
    ["float16", "onnx/model_fp16.onnx"],
    ["int8", "onnx/model_int8.onnx"],
  ] as const) {
    const decided = decisions(await logitsOf(files, name));
    const share = (right: (image: number) => boolean): string => {
      const shareOf = decided.filter((_, image) => right(image)).length / count;
      return `${(100 * shareOf).toFixed(2)} %`;
    };
    const [top1, same] = [share((image) => decided[image] === fine[image]), share((image) => decided[image] === original[image])];
    expect(card).toMatch(new RegExp(`\\| ${row} \\| ${top1} \\| [\\d.]+ % \\| [\\d.]+ \\| ${same} \\|`));
  }
});

test("only some classes have the logits that the engine gives them", async () => {
  const classes = [5, 0, 3];
  const whole = tensorNamed(decodeSafetensors((await exported())["check.safetensors"]!).tensors, "logits").data;
  const files = await exported({ variants: ["float16"], classes });
  const check = tensorNamed(decodeSafetensors(files["check.safetensors"]!).tensors, "logits");
  expect(check.shape).toEqual([count, classes.length]);
  const largest = Math.max(...whole.map(Math.abs));
  const half = await logitsOf(files, "onnx/subset_fp16.onnx");
  (await logitsOf(files, "onnx/subset.onnx")).forEach((logit, index) => {
    const expected = whole[Math.floor(index / classes.length) * 6 + classes[index % classes.length]!]!;
    // Two engines' float32 sums of some 20 layers; halves have 11 bits.
    expect(Math.abs(check.data[index]! - expected) / largest).toBeLessThan(1e-6);
    expect(Math.abs(logit - expected) / largest).toBeLessThan(1e-4);
    expect(Math.abs(half[index]! - expected) / largest).toBeLessThan(1e-2);
  });
});
