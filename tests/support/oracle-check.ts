import { hostTensor } from "../../src/base/tensor";
import type { ExportCheck } from "../../src/export/export-input";
import type { ExportNetwork } from "../../src/export/portable";
import { runNetwork } from "../../src/reference/network";
import { tensor64, widen } from "../../src/reference/tensor64";

/** Images, given as float32 [count, 32, 32, 3], and the logits of the float64 oracle for them, in class order. */
export function oracleCheck(network: ExportNetwork, pixels: Float32Array): ExportCheck {
  const count = pixels.length / 3072;
  const state = { parameters: widen(network.parameters), statistics: widen(network.statistics) };
  const { logits } = runNetwork(network.spec, state, tensor64([count, 32, 32, 3], pixels), { kind: "inference" });
  const { classOrder } = network;
  const classes = classOrder.length;
  const inClassOrder = Float32Array.from(logits.data, (_, index) => {
    const label = index % classes;
    return logits.data[index - label + classOrder.indexOf(label)]!;
  });
  return { images: hostTensor([count, 3, 32, 32], planar(pixels)), logits: hostTensor([count, classes], inClassOrder) };
}

/** NHWC to NCHW. */
function planar(pixels: Float32Array): Float32Array {
  return pixels.map((_, index) => {
    const [image, channel, pixel] = [Math.floor(index / 3072), Math.floor(index / 1024) % 3, index % 1024];
    return pixels[image * 3072 + pixel * 3 + channel]!;
  });
}
