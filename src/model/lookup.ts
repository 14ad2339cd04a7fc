import { ShapeError } from "../base/errors";
import type { BatchNormLayer, Layer, ModelSpec, Space, WeightedLayer } from "./spec";

/** The space of that name. */
export function spaceNamed(spec: ModelSpec, name: string): Space {
  const space = spec.spaces.find((candidate) => candidate.name === name);
  if (space === undefined)
    throw new ShapeError(`${spec.name} has no space named ${name}`, "The file belongs to another network.");
  return space;
}

/** Convolutions and fully connected layers, in execution order. */
export function weightedLayers(spec: ModelSpec): WeightedLayer[] {
  return spec.layers.filter(isWeighted);
}

/** Weighted layers that the split cuts into blocks: the terms of the weight-split penalty. */
export function groupedLayers(spec: ModelSpec): WeightedLayer[] {
  return weightedLayers(spec).filter((layer) => layer.groups > 1);
}

/** Spaces with learned assignments, in the order of the spec. */
export function groupedSpaces(spec: ModelSpec): Space[] {
  return spec.spaces.filter((space) => space.groups > 1);
}

/** The batch norm whose output the layer of that name reads, past what has no parameters; null where it reads something else. */
export function normReadBy(spec: ModelSpec, name: string): BatchNormLayer | null {
  const layer = spec.layers.find((candidate) => candidate.name === name);
  if (layer === undefined || !("input" in layer)) return null;
  const source = spec.layers.find((candidate) => candidate.name === layer.input);
  if (source?.kind === "batchNorm") return source;
  const passes = source?.kind === "relu" || source?.kind === "dropout" || source?.kind === "globalMean";
  return passes ? normReadBy(spec, source.name) : null;
}

/** Names of the layers it reads. */
export function inputsOf(layer: Layer): readonly string[] {
  if (layer.kind === "input") return [];
  return layer.kind === "add" ? layer.inputs : [layer.input];
}

export function isWeighted(layer: Layer): layer is WeightedLayer {
  return layer.kind === "conv" || layer.kind === "dense";
}
