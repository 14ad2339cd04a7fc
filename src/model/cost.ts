import { spaceNamed, weightedLayers } from "./lookup";
import { type ActivationShape, inferShapes } from "./shapes";
import type { ModelSpec, WeightedLayer } from "./spec";

/** Parameters and multiply-add FLOPs (2 per multiply-add) for one image. */
export interface Cost {
  readonly parameters: number;
  readonly flops: number;
}

/** One row of the cost table. */
export interface LayerCost extends Cost {
  readonly layer: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernelSize: number;
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly groups: number;
  readonly counted: boolean;
  /** Cost of each block; one entry while dense. */
  readonly blocks: readonly Cost[];
}

/**
 * The published counting rule (splitnet.md 4): convolution 2 h w in out k k and in out k k, fully connected 2 (in + 1) out and
 * (in + 1) out; batch norm, ReLU, addition and pooling are not counted, the first convolution is listed but not summed.
 */
export function layerCosts(spec: ModelSpec): LayerCost[] {
  const shapes = inferShapes(spec);
  return weightedLayers(spec).map((layer) => {
    const output = shapes.get(layer.name) as ActivationShape;
    const inputs = spaceNamed(spec, layer.inputSpace).size;
    const sizes = layer.blocks ?? { inputs: [inputs], outputs: [output.channels] };
    const blocks = sizes.inputs.map((blockInputs, block) =>
      blockCost(layer, blockInputs, sizes.outputs[block] as number, output),
    );
    return {
      layer: layer.name,
      inputs,
      outputs: output.channels,
      kernelSize: layer.kind === "conv" ? layer.kernelSize : 1,
      height: output.height,
      width: output.width,
      stride: layer.kind === "conv" ? layer.stride : 1,
      groups: blocks.length,
      counted: layer.counted,
      blocks,
      ...sumCosts(blocks),
    };
  });
}

/** Total of the counted layers. */
export function totalCost(spec: ModelSpec): Cost {
  return sumCosts(layerCosts(spec).filter((row) => row.counted));
}

export function sumCosts(costs: readonly Cost[]): Cost {
  return costs.reduce<Cost>((sum, cost) => ({ parameters: sum.parameters + cost.parameters, flops: sum.flops + cost.flops }), {
    parameters: 0,
    flops: 0,
  });
}

function blockCost(layer: WeightedLayer, inputs: number, outputs: number, output: ActivationShape): Cost {
  if (layer.kind === "dense") return { parameters: (inputs + 1) * outputs, flops: 2 * (inputs + 1) * outputs };
  const parameters = layer.kernelSize * layer.kernelSize * inputs * outputs;
  return { parameters, flops: 2 * output.height * output.width * parameters };
}
