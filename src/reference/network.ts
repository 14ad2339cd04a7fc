import { ShapeError } from "../base/errors";
import type { ModelSpec } from "../model/spec";
import { inputsOf, type LayerRun, type Mode, type NetworkState64, runLayer } from "./layer";
import { addTensors, type Tensor64, type Tensors64 } from "./tensor64";

/** A network after its forward pass. */
export interface NetworkRun {
  /** [n, classes], in the order of the spec's class axis. */
  readonly logits: Tensor64;
  /** Output of every layer by name. */
  readonly activations: ReadonlyMap<string, Tensor64>;
  /** All running statistics, updated where the mode is training. */
  readonly statistics: Tensors64;
  /** Gradient of every layer's parameters from the gradient of the logits; training mode only. */
  backward(logitsGradient: Tensor64): Tensors64;
}

/** Interprets a network, dense or in blocks, on images [n, h, w, c]. */
export function runNetwork(spec: ModelSpec, state: NetworkState64, images: Tensor64, mode: Mode): NetworkRun {
  const runs = new Map<string, LayerRun>();
  const outputOf = (name: string): Tensor64 => {
    const run = runs.get(name);
    if (run === undefined)
      throw new ShapeError(`input ${name} comes later or not at all`, "The network's description is inconsistent.");
    return run.output;
  };
  for (const layer of spec.layers) {
    const inputs = layer.kind === "input" ? [images] : inputsOf(layer).map(outputOf);
    runs.set(layer.name, runLayer(layer, inputs, state, mode));
  }
  const last = spec.layers.at(-1)!.name;
  const changed = [...runs.values()].flatMap((run) => run.statistics);
  return {
    logits: outputOf(last),
    activations: new Map([...runs].map(([name, run]) => [name, run.output])),
    statistics: new Map([...state.statistics, ...changed]),
    backward: (logitsGradient) => backpropagate(spec, runs, logitsGradient),
  };
}

function backpropagate(spec: ModelSpec, runs: ReadonlyMap<string, LayerRun>, logitsGradient: Tensor64): Tensors64 {
  const pending = new Map<string, Tensor64>([[spec.layers.at(-1)!.name, logitsGradient]]);
  const parameters = new Map<string, Tensor64>();
  for (const layer of spec.layers.toReversed()) {
    const gradient = pending.get(layer.name);
    if (gradient === undefined) continue;
    const gradients = runs.get(layer.name)!.backward(gradient);
    inputsOf(layer).forEach((name, index) => {
      const sum = pending.get(name);
      const added = gradients.inputs[index]!;
      pending.set(name, sum === undefined ? added : addTensors(sum, added));
    });
    for (const [name, tensor] of gradients.parameters) parameters.set(name, tensor);
  }
  return parameters;
}
