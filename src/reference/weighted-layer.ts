import type { WeightedLayer } from "../model/spec";
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from "./conv2d";
import { dense, denseGradients } from "./dense";
import type { LayerRun, NamedTensor64 } from "./layer";
import { concatChannels, sliceChannels, type Tensor64, type Tensors64, tensor64Named } from "./tensor64";

/** One block after its forward pass. */
interface BlockRun {
  readonly output: Tensor64;
  backward(dy: Tensor64): { readonly x: Tensor64; readonly parameters: readonly NamedTensor64[] };
}

/** A convolution or fully connected layer, dense or in blocks: block g maps its slice of x to its slice of y. */
export function runWeighted(layer: WeightedLayer, x: Tensor64, parameters: Tensors64): LayerRun {
  if (layer.blocks === null) {
    const run = runBlock(layer, layer.name, x, parameters);
    return { output: run.output, statistics: [], backward: (dy) => oneBlock(run.backward(dy)) };
  }
  const inputs = ranges(layer.blocks.inputs);
  const outputs = ranges(layer.blocks.outputs);
  const runs = inputs.map(({ start, count }, block) =>
    runBlock(layer, `${layer.name}/block_${block}`, sliceChannels(x, start, count), parameters),
  );
  return {
    output: concatChannels(runs.map((run) => run.output)),
    statistics: [],
    backward: (dy) => {
      const gradients = runs.map((run, block) => {
        const { start, count } = outputs[block]!;
        return run.backward(sliceChannels(dy, start, count));
      });
      return {
        inputs: [concatChannels(gradients.map((gradient) => gradient.x))],
        parameters: gradients.flatMap((gradient) => gradient.parameters),
      };
    },
  };
}

function oneBlock({ x, parameters }: { readonly x: Tensor64; readonly parameters: readonly NamedTensor64[] }) {
  return { inputs: [x], parameters };
}

function runBlock(layer: WeightedLayer, prefix: string, x: Tensor64, parameters: Tensors64): BlockRun {
  if (layer.kind === "conv") {
    const kernel = tensor64Named(parameters, `${prefix}/kernel`);
    return {
      output: conv2d(x, kernel, layer.stride),
      backward: (dy) => ({
        x: conv2dInputGradient(dy, kernel, x.shape, layer.stride),
        parameters: [[`${prefix}/kernel`, conv2dKernelGradient(x, dy, kernel.shape, layer.stride)]],
      }),
    };
  }
  const weights = tensor64Named(parameters, `${prefix}/weights`);
  return {
    output: dense(x, weights, tensor64Named(parameters, `${prefix}/biases`)),
    backward: (dy) => {
      const gradients = denseGradients(dy, x, weights);
      return {
        x: gradients.x,
        parameters: [
          [`${prefix}/weights`, gradients.weights],
          [`${prefix}/biases`, gradients.biases],
        ],
      };
    },
  };
}

/** Consecutive ranges of the given sizes. */
function ranges(counts: readonly number[]): { readonly start: number; readonly count: number }[] {
  let start = 0;
  return counts.map((count) => {
    const range = { start, count };
    start += count;
    return range;
  });
}
