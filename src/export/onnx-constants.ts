import { toHalves } from "../base/half";
import type { HostTensor } from "../base/tensor";
import type { WeightVariant } from "../model/weight-variant";
import { FLOAT, type OnnxGraph } from "./onnx-graph";
import { isWeight, quantised } from "./small-weights";

/**
 * Adds a constant under its name, float32 to whoever reads it. In a variant, weights [outputs, ...] are stored in its form, and a node that every runtime
 * knows makes float32 of them: Cast of float16, DequantizeLinear of int8. Throws ShapeError for weights beyond the variant's range.
 */
export function addConstant(graph: OnnxGraph, name: string, tensor: HostTensor, variant: WeightVariant | null): void {
  if (variant === null || !isWeight(tensor)) {
    graph.floats(name, tensor);
    return;
  }
  const { shape, data } = tensor;
  const stored = `${name}.${variant}`;
  switch (variant) {
    case "float16":
      graph.halves(stored, shape, toHalves(name, data));
      graph.node("Cast", `${name}.cast`, [stored], name, { to: FLOAT });
      return;
    case "int8": {
      const channels = shape[0]!;
      const inputs = data.length / channels;
      const { values, scales } = quantised(data, channels, (index) => Math.floor(index / inputs));
      graph.bytes(stored, shape, values);
      graph.floats(`${name}.scale`, { shape: [channels], data: scales });
      graph.node("DequantizeLinear", `${name}.dequantize`, [stored, `${name}.scale`], name, { axis: 0 });
      return;
    }
    default:
      variant satisfies never;
  }
}
