import { filled, type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { spaceNamed } from "../model/lookup";
import { statisticNames } from "../model/parameters";
import type { BatchNormLayer, ModelSpec, WeightedLayer } from "../model/spec";
import { identityOrder } from "./plan";
import type { SplitPlan } from "./split-plan";

/** Tensors of a network at rest. */
export interface NetworkTensors {
  readonly parameters: NamedTensors;
  readonly statistics: NamedTensors;
}

/**
 * Weights and statistics of the split network: channels permuted into the plan's order, off-block weights dropped.
 * In pre-activation order the result computes exactly what `dense` computes with its off-block weights set to zero.
 * Batch norms that restart at the split (published stage 2) get beta 0, gamma 1, mean 0, variance 1.
 */
export function sliceState(dense: ModelSpec, plan: SplitPlan, tensors: NetworkTensors): NetworkTensors {
  const parameters = new Map<string, HostTensor>();
  const statistics = new Map<string, HostTensor>();
  const orderOf = (space: string): readonly number[] =>
    plan.spaces.find((candidate) => candidate.space === space)?.order ?? identityOrder(spaceNamed(dense, space).size);
  for (const layer of plan.spec.layers) {
    if (layer.kind === "conv" || layer.kind === "dense") {
      for (const [name, tensor] of sliceWeighted(layer, orderOf, tensors.parameters)) parameters.set(name, tensor);
    } else if (layer.kind === "batchNorm") {
      const carried = carryBatchNorm(layer, orderOf(layer.space), tensors);
      for (const [name, tensor] of carried.parameters) parameters.set(name, tensor);
      for (const [name, tensor] of carried.statistics) statistics.set(name, tensor);
    }
  }
  return { parameters, statistics };
}

function sliceWeighted(
  layer: WeightedLayer,
  orderOf: (space: string) => readonly number[],
  parameters: NamedTensors,
): [string, HostTensor][] {
  const inputs = orderOf(layer.inputSpace);
  const outputs = orderOf(layer.outputSpace);
  const blocks = layer.blocks ?? { inputs: [inputs.length], outputs: [outputs.length] };
  const sliced: [string, HostTensor][] = [];
  let inputStart = 0;
  let outputStart = 0;
  blocks.inputs.forEach((inputCount, block) => {
    const outputCount = blocks.outputs[block]!;
    const rows = inputs.slice(inputStart, inputStart + inputCount);
    const columns = outputs.slice(outputStart, outputStart + outputCount);
    const prefix = layer.blocks === null ? layer.name : `${layer.name}/block_${block}`;
    if (layer.kind === "conv") {
      sliced.push([`${prefix}/kernel`, selectChannels(tensorNamed(parameters, `${layer.name}/kernel`), rows, columns)]);
    } else {
      sliced.push([`${prefix}/weights`, selectChannels(tensorNamed(parameters, `${layer.name}/weights`), rows, columns)]);
      sliced.push([`${prefix}/biases`, gather(tensorNamed(parameters, `${layer.name}/biases`), columns)]);
    }
    inputStart += inputCount;
    outputStart += outputCount;
  });
  return sliced;
}

/** tensor[..., rows, columns]: the last two axes are input and output channels. */
function selectChannels(tensor: HostTensor, rows: readonly number[], columns: readonly number[]): HostTensor {
  const outer = tensor.shape.slice(0, -2);
  const [inputCount, outputCount] = [tensor.shape.at(-2)!, tensor.shape.at(-1)!];
  const taps = outer.reduce((product, extent) => product * extent, 1);
  const data = new Float32Array(taps * rows.length * columns.length);
  let write = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (const row of rows) {
      const start = (tap * inputCount + row) * outputCount;
      for (const column of columns) data[write++] = tensor.data[start + column]!;
    }
  }
  return { shape: [...outer, rows.length, columns.length], data };
}

function gather(tensor: HostTensor, order: readonly number[]): HostTensor {
  return { shape: [order.length], data: Float32Array.from(order, (channel) => tensor.data[channel]!) };
}

function carryBatchNorm(layer: BatchNormLayer, order: readonly number[], { parameters, statistics }: NetworkTensors) {
  const names = statisticNames(layer);
  const take = (source: NamedTensors, name: string, start: number): [string, HostTensor] => [
    name,
    layer.restartsAtSplit ? filled([order.length], start) : gather(tensorNamed(source, name), order),
  ];
  return {
    parameters: [take(parameters, `${layer.name}/beta`, 0), take(parameters, `${layer.name}/gamma`, 1)],
    statistics: [take(statistics, names.mean, 0), take(statistics, names.variance, 1)],
  };
}
