import { sizeOf } from "../base/tensor";
import type { NetworkPart } from "../splitnet/parts";
import type { KerasWeight } from "./keras-graph";
import { ONNX_PRODUCER } from "./onnx";
import { kerasModel } from "./tfjs-model";
import { type ExportFile, textFile } from "./zip";

export const TFJS_MODEL = "model.json";
/** Of every file of weights but the last: what TensorFlow's own converter writes, so that browsers cache them. */
const SHARD_BYTES = 4 << 20;

/**
 * A TensorFlow.js LayersModel, for `tf.loadLayersModel` as it is: model.json, which names the others, and the weights in shards of 4 MiB.
 * "image" [N, 32, 32, 3] float32, whitened, gives [N, classes] in the order given; without `classes` all of them in class order.
 * Throws ShapeError for a class that there is not, or twice.
 */
export function tfjsFiles(root: NetworkPart, classes?: readonly number[]): readonly ExportFile[] {
  const model = kerasModel(root, classes);
  const total = byteLength(model.weights);
  const count = Math.ceil(total / SHARD_BYTES);
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const weights = model.weights.map(({ name, tensor: { shape } }) => ({ name, shape, dtype: "float32" }));
  const description = {
    format: "layers-model",
    generatedBy: ONNX_PRODUCER,
    convertedBy: null,
    modelTopology: model.topology,
    weightsManifest: [{ paths, weights }],
    userDefinedMetadata: {
      model: root.spec.name,
      input: "float32 NHWC, each channel of each image whitened: see README.md",
      class_ids: model.classes,
    },
  };
  return [
    textFile(TFJS_MODEL, () => `${JSON.stringify(description)}\n`),
    ...paths.map((name, index) => ({ name, make: () => shard(model.weights, index * SHARD_BYTES, total) })),
  ];
}

/** The bytes from `begin` on, up to the size of a shard, of the weights one after the other. */
function shard(weights: readonly KerasWeight[], begin: number, total: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(SHARD_BYTES, total - begin));
  let offset = -begin;
  for (const { tensor } of weights) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    const first = Math.max(0, -offset);
    const last = Math.min(byteLength, bytes.length - offset);
    if (first < last) bytes.set(new Uint8Array(buffer, byteOffset + first, last - first), offset + first);
    offset += byteLength;
  }
  return bytes;
}

function byteLength(weights: readonly KerasWeight[]): number {
  return weights.reduce((sum, { tensor }) => sum + 4 * sizeOf(tensor.shape), 0);
}
