import { type Tensor2D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { evaluationBatch } from "../../data/augment";
import { IMAGE_CHANNELS, IMAGE_SIZE } from "../../data/dataset";
import type { Evaluated, EvaluateOptions, Network } from "../evaluate";
import { type DropoutDraw, forward, type NetworkOnDevice } from "./network";
import { disposeAll, upload } from "./tensors";

/** Dropout in validation, as published fidelity has it, and what batch norm normalises by: the running statistics unless it says otherwise. */
export type StockEvaluateOptions = EvaluateOptions & { readonly dropout?: DropoutDraw; readonly mode?: "batch" | "inference" };

/** Uploads a network, runs it on the examples in inference mode, and releases it. */
export async function evaluateNetwork(network: Network, options: EvaluateOptions): Promise<Evaluated> {
  const onDevice = { spec: network.spec, parameters: upload(network.parameters), statistics: upload(network.statistics) };
  try {
    return await evaluateOnDevice(onDevice, options);
  } finally {
    disposeAll(onDevice.parameters);
    disposeAll(onDevice.statistics);
  }
}

/** The same for a network that is on the device already. */
export async function evaluateOnDevice(network: NetworkOnDevice, options: StockEvaluateOptions): Promise<Evaluated> {
  const { examples, batchSize, classOrder } = options;
  const indices = options.indices ?? Uint32Array.from({ length: examples.count }, (_, index) => index);
  const classes = classOrder.length;
  const logits = new Float32Array(indices.length * classes);
  let seconds = 0;
  if (options.warmUp === true && indices.length > 0) await runBatch(network, options, indices.subarray(0, batchSize));
  for (let start = 0; start < indices.length; start += batchSize) {
    options.signal?.throwIfAborted();
    // A last batch that is shorter is filled from the first images on, as our kernels do.
    const batch = Uint32Array.from({ length: batchSize }, (_, row) => indices[(start + row) % indices.length]!);
    const timed = await runBatch(network, options, batch);
    seconds += timed.seconds;
    const end = Math.min(indices.length, start + batchSize);
    scatterClasses(timed.rows, classOrder, logits.subarray(start * classes, end * classes));
    options.onProgress?.(end);
  }
  return { logits, seconds };
}

async function runBatch(
  network: NetworkOnDevice,
  options: StockEvaluateOptions,
  indices: Uint32Array,
): Promise<{ rows: Float32Array; seconds: number }> {
  const { images } = evaluationBatch(options.examples, indices, options.whiteningGuard);
  const started = performance.now();
  const output = tidy((): Tensor2D => {
    const input = tensor4d(images, [indices.length, IMAGE_SIZE, IMAGE_SIZE, IMAGE_CHANNELS]);
    return forward(network, input, { kind: options.mode ?? "inference", dropout: options.dropout ?? null });
  });
  const rows = Float32Array.from(await output.data());
  output.dispose();
  return { rows, seconds: (performance.now() - started) / 1000 };
}

/** target[row, classOrder[position]] = rows[row, position]. */
function scatterClasses(rows: Float32Array, classOrder: readonly number[], target: Float32Array): void {
  const classes = classOrder.length;
  for (let start = 0; start < target.length; start += classes) {
    for (let position = 0; position < classes; position++) target[start + classOrder[position]!] = rows[start + position]!;
  }
}
