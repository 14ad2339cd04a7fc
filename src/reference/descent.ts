import { layerParameters } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { type Tensor64, type Tensors64, tensor64, tensor64Named } from "./tensor64";

/** Heavy-ball momentum. */
export interface DescentRates {
  readonly learningRate: number;
  readonly momentum: number;
}

/** Parameters and their accumulators; a missing accumulator is zero. */
export interface DescentState {
  readonly parameters: Tensors64;
  readonly accumulators: Tensors64;
}

/** accumulator = momentum accumulator + gradient; parameter -= learning rate * accumulator. Parameters in `fixed` stay. */
export function descend(
  state: DescentState,
  gradients: Tensors64,
  rates: DescentRates,
  fixed: ReadonlySet<string>,
): DescentState {
  const parameters = new Map<string, Tensor64>();
  const accumulators = new Map<string, Tensor64>();
  for (const [name, { shape, data }] of state.parameters) {
    if (fixed.has(name)) {
      parameters.set(name, { shape, data });
      continue;
    }
    const gradient = tensor64Named(gradients, name).data;
    const before = state.accumulators.get(name) ?? tensor64(shape);
    const accumulator = before.data.map((value, i) => rates.momentum * value + gradient[i]!);
    accumulators.set(name, { shape, data: accumulator });
    parameters.set(name, { shape, data: data.map((value, i) => value - rates.learningRate * accumulator[i]!) });
  }
  return { parameters, accumulators };
}

/** Names of the batch-norm gammas that a recipe with frozen scales keeps at their values: all but those that always train. */
export function frozenScales(spec: ModelSpec): ReadonlySet<string> {
  const free = new Set(
    spec.layers.flatMap((layer) => (layer.kind === "batchNorm" && layer.alwaysTrainScale ? [layer.name] : [])),
  );
  return new Set(layerParameters(spec).flatMap(({ name, role, layer }) => (role === "gamma" && !free.has(layer) ? [name] : [])));
}
