import { hashName, normals, type RandomStream, randomStream } from "../base/random";
import { filled, type HostTensor, type NamedTensors, sizeOf } from "../base/tensor";
import { spaceNamed } from "./lookup";
import { assignmentParameters, layerParameters, type ParameterSpec, statisticNames } from "./parameters";
import type { ModelSpec } from "./spec";

/** Standard deviation of the initial assignment logits (utils.py:112-118). */
const LOGITS_DEVIATION = 0.01;

/** Parameters of a fresh network: kernels N(0, 1 / (k k in)), weights N(0, 1 / in), beta and biases 0, gamma 1, logits N(0, 0.01^2). */
export function initialParameters(spec: ModelSpec, seed: number): NamedTensors {
  const stream = randomStream(seed, "init");
  const parameters = [...layerParameters(spec), ...assignmentParameters(spec)];
  return new Map(parameters.map((parameter) => [parameter.name, initialValue(parameter, stream)]));
}

/** Running means 0 and variances 1 of every batch normalisation. */
export function initialStatistics(spec: ModelSpec): NamedTensors {
  const statistics = new Map<string, HostTensor>();
  for (const layer of spec.layers) {
    if (layer.kind !== "batchNorm") continue;
    const { size } = spaceNamed(spec, layer.space);
    const names = statisticNames(layer);
    statistics.set(names.mean, filled([size], 0));
    statistics.set(names.variance, filled([size], 1));
  }
  return statistics;
}

function initialValue(parameter: ParameterSpec, stream: RandomStream): HostTensor {
  const { role, shape } = parameter;
  switch (role) {
    case "kernel":
    case "weights": {
      const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
      return gaussian(parameter, stream, Math.sqrt(1 / fanIn));
    }
    case "logits":
      return gaussian(parameter, stream, LOGITS_DEVIATION);
    case "gamma":
      return filled(shape, 1);
    case "beta":
    case "biases":
      return filled(shape, 0);
    default:
      return role satisfies never;
  }
}

function gaussian({ name, shape }: ParameterSpec, stream: RandomStream, deviation: number): HostTensor {
  return { shape, data: normals(stream, sizeOf(shape), deviation, hashName(name)) };
}
