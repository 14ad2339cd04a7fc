import { fromHalves, toHalves } from "../base/half";
import type { HostTensor, NamedTensors } from "../base/tensor";
import type { WeightVariant } from "../model/weight-variant";

/** Numbers from -127 to 127, and for each output channel what one of them is worth. */
export interface QuantisedWeights {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** Whether the variants store a tensor in their own form: kernels and matrices. Vectors stay float32: they are a small part of the whole, and variances need the range. */
export function isWeight({ shape }: Pick<HostTensor, "shape">): boolean {
  return shape.length > 1;
}

/**
 * Symmetric quantisation by output channel: w is about scale * q, where the channel's largest |w| has |q| = 127. `channelOf` is the output channel of an
 * element by its index.
 */
export function quantised(data: Float32Array, channels: number, channelOf: (index: number) => number): QuantisedWeights {
  const scales = new Float32Array(channels);
  data.forEach((weight, index) => {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel]!, Math.abs(weight));
  });
  // A channel of zeros alone is worth nothing by any scale but 0, which readers may divide by.
  for (let channel = 0; channel < channels; channel++) scales[channel] = scales[channel]! / 127 || 1;
  const values = Int8Array.from(data, (weight, index) => {
    const steps = Math.round(weight / scales[channelOf(index)]!);
    return Math.min(127, Math.max(-127, steps));
  });
  return { values, scales };
}

/** A network's tensors, outputs last, with the values that readers of the variant compute with. Throws ShapeError for weights beyond its range. */
export function roundedWeights(tensors: NamedTensors, variant: WeightVariant): NamedTensors {
  return new Map(
    [...tensors].map(([name, tensor]): [string, HostTensor] => [
      name,
      isWeight(tensor) ? { shape: tensor.shape, data: rounded(name, tensor, variant) } : tensor,
    ]),
  );
}

function rounded(name: string, { shape, data }: HostTensor, variant: WeightVariant): Float32Array {
  switch (variant) {
    case "float16":
      return fromHalves(toHalves(name, data));
    case "int8": {
      const channels = shape.at(-1)!;
      const { values, scales } = quantised(data, channels, (index) => index % channels);
      return Float32Array.from(values, (value, index) => value * scales[index % channels]!);
    }
    default:
      return variant satisfies never;
  }
}
