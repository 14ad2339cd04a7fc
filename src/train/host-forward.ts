import { readBack } from "../kernels/device-memory";
import { recordAddBias } from "../kernels/loss";
import { Recorder } from "../kernels/recorder";
import { StepStateBuffer } from "../kernels/step-state";
import { logitColumns } from "./channel-layout";
import { recordForward } from "./forward-recording";
import { fuse } from "./fused-graph";
import type { NetworkBuffers } from "./network-buffers";

/**
 * Logits [N][classes] of images [N, 32, 32, 3] given as float32, without dropout: for problems whose images are no bytes. In training mode the
 * batch normalises itself and the running statistics move.
 */
export async function forwardOnce(
  network: NetworkBuffers,
  images: Float32Array,
  mode: "training" | "inference",
): Promise<number[][]> {
  const { memory, spec } = network;
  const batch = images.length / (32 * 32 * 3);
  const nodes = fuse(spec);
  const { output } = nodes.at(-1)!;
  const classes = network.channelsOf(output).size;
  const recorder = new Recorder(memory);
  const state = new StepStateBuffer(memory);
  const input = memory.upload("images", paddedImages(images));
  const forward = recordForward(recorder, network, nodes, input, { batch, mode, dropoutKeep: 1, state: state.view });
  const logits = memory.allocate("logits with bias", 4 * batch * classes);
  recordAddBias(recorder, {
    label: `${batch}x${classes}`,
    batch,
    classes,
    logits: forward.values.get(output)!,
    bias: network.vector(network.parameters, output, "biases"),
    output: logits,
  });
  const recording = await recorder.finish();
  recording.submit();
  const flat = new Float32Array(await readBack(memory.device, logits));
  recording.dispose();
  for (const view of [input, logits, state.view]) memory.release(view);
  return Array.from({ length: batch }, (_, row) => logitColumns(spec).map((column) => flat[row * classes + column]!));
}

/** Images [N, 32, 32, 3] with a fourth channel of zeros. */
export function paddedImages(images: Float32Array): Float32Array {
  const padded = new Float32Array((images.length / 3) * 4);
  for (let pixel = 0; pixel < images.length / 3; pixel++) padded.set(images.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  return padded;
}
