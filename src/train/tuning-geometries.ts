import type { ConvBlock, ConvGeometry } from "../kernels/conv-geometry";
import { inferShapes } from "../model/shapes";
import type { ConvLayer, DenseLayer, ModelSpec } from "../model/spec";
import { blocksOf } from "./channel-layout";
import { type NetworkLayout, networkLayout, type Segment, segmentOf, spanOf } from "./parameter-layout";

/** A convolution, or a dense layer as one of single pixels; `extent` is that of the layer's input. */
export function layerGeometry(
  layout: NetworkLayout,
  layer: ConvLayer | DenseLayer,
  extent: { readonly height: number; readonly width: number },
  batch: number,
): ConvGeometry {
  const segments = kernelSegments(layout, layer);
  const [inputs, outputs] = [layout.channels.get(layer.inputSpace)!, layout.channels.get(layer.outputSpace)!];
  const sizes = blocksOf(layout.spec, layer);
  let [inputStart, outputStart] = [0, 0];
  const blocks = segments.map((segment, index): ConvBlock => {
    const [rows, columns] = [
      spanOf(inputs, inputStart, sizes.inputs[index]!),
      spanOf(outputs, outputStart, sizes.outputs[index]!),
    ];
    inputStart += sizes.inputs[index]!;
    outputStart += sizes.outputs[index]!;
    return {
      inputStart: rows.start,
      inputs: rows.size,
      outputStart: columns.start,
      outputs: columns.size,
      weightOffset: segment.offset - segments[0]!.offset,
    };
  });
  const isConv = layer.kind === "conv";
  return {
    batch,
    height: isConv ? extent.height : 1,
    width: isConv ? extent.width : 1,
    kernelSize: isConv ? layer.kernelSize : 1,
    stride: isConv ? layer.stride : 1,
    inputs: inputs.size,
    outputs: outputs.size,
    blocks,
  };
}

/** Where the blocks of a layer's weights lie among the parameters. */
export function kernelSegments(layout: NetworkLayout, layer: ConvLayer | DenseLayer): Segment[] {
  const role = layer.kind === "conv" ? "kernel" : "weights";
  return blocksOf(layout.spec, layer).inputs.map((_, block) => segmentOf(layout, layer.name, role, block));
}

/** Every convolution and dense layer of a network, as its kernels will see it. */
export function networkGeometries(spec: ModelSpec, batch: number): ConvGeometry[] {
  const [layout, shapes] = [networkLayout(spec), inferShapes(spec)];
  return spec.layers.flatMap((layer) =>
    layer.kind === "conv" || layer.kind === "dense" ? [layerGeometry(layout, layer, shapes.get(layer.input)!, batch)] : [],
  );
}
