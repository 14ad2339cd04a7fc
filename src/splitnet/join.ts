import { ShapeError } from "../base/errors";
import { filled, type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { spaceNamed } from "../model/lookup";
import { statisticNames, weightsName } from "../model/parameters";
import type { ModelSpec, WeightedLayer } from "../model/spec";
import { identityOrder } from "./plan";
import type { NetworkTensors } from "./slice";
import type { SplitPlan } from "./split-plan";

/**
 * Weights and statistics of the dense network that computes what the split one does: every channel at its place before the split, off-block
 * weights zero; without assignment logits. The inverse of `sliceState` in pre-activation order; in the other, where batch norms stand elsewhere,
 * there is none: ShapeError.
 */
export function joinBlocks(dense: ModelSpec, plan: SplitPlan, { parameters, statistics }: NetworkTensors): NetworkTensors {
  const orderOf = (space: string): readonly number[] =>
    plan.spaces.find((candidate) => candidate.space === space)?.order ?? identityOrder(spaceNamed(dense, space).size);
  if (plan.spec.layers.some((layer) => layer.kind === "batchNorm" && layer.restartsAtSplit)) {
    throw new ShapeError(
      "batch norms restart at the split: the dense network has others",
      "Join networks in pre-activation order.",
    );
  }
  const split = new Map(plan.spec.layers.map((layer) => [layer.name, layer]));
  const joined = { parameters: new Map<string, HostTensor>(), statistics: new Map<string, HostTensor>() };
  for (const layer of dense.layers) {
    if (layer.kind === "conv" || layer.kind === "dense") {
      const blocked = split.get(layer.name);
      const blocks = blocked?.kind === layer.kind ? blocked.blocks : null;
      for (const [name, tensor] of joinWeighted({ ...layer, blocks }, orderOf, parameters)) joined.parameters.set(name, tensor);
    } else if (layer.kind === "batchNorm") {
      const order = orderOf(layer.space);
      const { mean, variance } = statisticNames(layer);
      for (const role of ["beta", "gamma"]) {
        const name = `${layer.name}/${role}`;
        joined.parameters.set(name, scattered(tensorNamed(parameters, name), order));
      }
      for (const name of [mean, variance]) joined.statistics.set(name, scattered(tensorNamed(statistics, name), order));
    }
  }
  return joined;
}

function joinWeighted(
  layer: WeightedLayer,
  orderOf: (space: string) => readonly number[],
  parameters: NamedTensors,
): [string, HostTensor][] {
  const [inputs, outputs] = [orderOf(layer.inputSpace), orderOf(layer.outputSpace)];
  const taps = layer.kind === "conv" ? [layer.kernelSize, layer.kernelSize] : [];
  const whole = filled([...taps, inputs.length, outputs.length], 0);
  const biases = filled([outputs.length], 0);
  const blocks = layer.blocks ?? { inputs: [inputs.length], outputs: [outputs.length] };
  let [inputStart, outputStart] = [0, 0];
  blocks.inputs.forEach((inputCount, block) => {
    const outputCount = blocks.outputs[block]!;
    const rows = inputs.slice(inputStart, inputStart + inputCount);
    const columns = outputs.slice(outputStart, outputStart + outputCount);
    const prefix = layer.blocks === null ? layer.name : `${layer.name}/block_${block}`;
    const role = layer.kind === "conv" ? "kernel" : "weights";
    placeBlock(whole, tensorNamed(parameters, `${prefix}/${role}`), rows, columns);
    if (layer.kind === "dense") {
      const own = tensorNamed(parameters, `${prefix}/biases`).data;
      columns.forEach((column, index) => {
        biases.data[column] = own[index]!;
      });
    }
    inputStart += inputCount;
    outputStart += outputCount;
  });
  const weights: [string, HostTensor] = [weightsName(layer), whole];
  return layer.kind === "dense" ? [weights, [`${layer.name}/biases`, biases]] : [weights];
}

/** whole[..., rows, columns] = block; the last two axes are input and output channels. */
function placeBlock(whole: HostTensor, block: HostTensor, rows: readonly number[], columns: readonly number[]): void {
  const [inputCount, outputCount] = [whole.shape.at(-2)!, whole.shape.at(-1)!];
  const taps = block.data.length / (rows.length * columns.length);
  let read = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (const row of rows) {
      const start = (tap * inputCount + row) * outputCount;
      for (const column of columns) whole.data[start + column] = block.data[read++]!;
    }
  }
}

/** The inverse of reading `order` after `order`: place p goes to channel `order[p]`. */
function scattered({ data }: HostTensor, order: readonly number[]): HostTensor {
  const whole = filled([order.length], 0);
  order.forEach((channel, place) => {
    whole.data[channel] = data[place]!;
  });
  return whole;
}
