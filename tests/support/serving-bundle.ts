import * as ort from "onnxruntime-web";
import { normals, randomStream } from "../../src/base/random";
import { type HostTensor, hostTensor } from "../../src/base/tensor";
import { onnxModel } from "../../src/export/onnx";
import { type ExampleOptions, exampleNetwork } from "../../src/export/testing";
import { exampleInput, type UnpackedBundle, unpackBundle } from "./unpacked-bundle";

ort.env.wasm.numThreads = 1;

const CHECK_IMAGES = 4;

/** Images as a network takes them, each time the same: [count, 3, 32, 32]. */
export function noise(count: number): HostTensor {
  const block = normals(randomStream(3, "sample"), 3 * 1024, 1, 1);
  // Every image is a pattern turned and scaled by an amount of its own: drawing them all would take longer than the network does.
  const data = Float32Array.from({ length: count * block.length }, (_, index) => {
    const image = Math.floor(index / block.length);
    return block[(index + 31 * image) % block.length]! * (1 + (image % 97) / 97);
  });
  return hostTensor([count, 3, 32, 32], data);
}

/** The unpacked bundle of an example network; its check is what the whole network gives in ONNX Runtime. */
export async function servingBundle(options: ExampleOptions): Promise<UnpackedBundle> {
  const example = exampleNetwork(options);
  const images = noise(CHECK_IMAGES);
  const logits = await logitsOf(onnxModel(example.network), images);
  return unpackBundle(exampleInput(example, options.grouping, { images, logits }));
}

/** What the whole network gives, in this process. */
export async function logitsOf(model: Uint8Array, { shape, data }: HostTensor): Promise<HostTensor> {
  const session = await ort.InferenceSession.create(model);
  const { logits } = await session.run({ image: new ort.Tensor("float32", data, shape) });
  await session.release();
  return hostTensor(logits!.dims, Float32Array.from(logits!.data, Number));
}
