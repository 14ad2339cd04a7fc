import { normals, randomStream } from "../../src/base/random";
import { align } from "../../src/kernels/device-memory";
import type { PenaltyLayer, PenaltyNetwork, PenaltySpace } from "../../src/kernels/penalties-plan";
import { mergeIndices } from "../../src/model/grouping";
import { groupedLayers, groupedSpaces, spaceNamed, weightedLayers } from "../../src/model/lookup";
import { logitsName } from "../../src/model/parameters";
import type { ModelSpec, WeightedLayer } from "../../src/model/spec";
import { type NetworkPenalties, networkPenalties, type PenaltyRecipe } from "../../src/reference/network-penalties";
import { type Tensor64, tensor64 } from "../../src/reference/tensor64";

/** Where a tensor of the oracle is among the flat parameters: element [..., i, j] at offset + (... * paddedRows + i) * paddedColumns + j. */
export interface Placed {
  readonly tensor: Tensor64;
  readonly offset: number;
  readonly paddedRows: number;
  readonly paddedColumns: number;
}

/** A network's grouped parameters laid out flat, for the kernels and for the oracle. */
export interface PenaltyProblem {
  readonly network: PenaltyNetwork;
  readonly placed: ReadonlyMap<string, Placed>;
  /** Floats of the flat buffers. */
  readonly floats: number;
  expected(recipe: PenaltyRecipe): NetworkPenalties;
}

/** The grouped part of a network with random weights and logits of the given deviation. */
export function networkProblem(spec: ModelSpec, deviation: number): PenaltyProblem {
  const placed = new Map<string, Placed>();
  let floats = 0;
  const place = (name: string, shape: readonly number[], scale: number, step: number): number => {
    const values = normals(
      randomStream(11, "sample"),
      shape.reduce((a, b) => a * b, 1),
      scale,
      placed.size,
    );
    const [rows, columns] = [align(shape.at(-2)!, step), align(shape.at(-1)!, step)];
    const offset = floats;
    placed.set(name, { tensor: tensor64(shape, Float32Array.from(values)), offset, paddedRows: rows, paddedColumns: columns });
    floats = align(offset + shape.slice(0, -2).reduce((a, b) => a * b, 1) * rows * columns + 1, 64);
    return offset;
  };
  const learned = groupedSpaces(spec);
  const layers = groupedLayers(spec).map((layer): PenaltyLayer => {
    const [name, shape] = weightsOf(spec, layer);
    const taps = shape.slice(0, -2).reduce((a, b) => a * b, 1);
    const weightsOffset = place(name, shape, 1 / Math.sqrt(taps * shape.at(-2)!), 4);
    const indexOf = (space: string) => learned.findIndex((candidate) => candidate.name === space);
    const [inputSpace, outputSpace] = [indexOf(layer.inputSpace), indexOf(layer.outputSpace)];
    return { taps, weightsOffset, groups: layer.groups, inputSpace, outputSpace };
  });
  const spaces = learned.map(({ name, groups, size }): PenaltySpace => {
    return { groups, size, logitsOffset: place(logitsName(name), [groups, size], deviation, 1) };
  });
  const entries = weightedLayers(spec)
    .filter(({ introduces }) => introduces.length > 0)
    .map(({ introduces }) => introduces.map((name) => learned.findIndex((space) => space.name === name)));
  const parameters = new Map([...placed].map(([name, { tensor }]) => [name, tensor]));
  return {
    network: { spaces, layers, entries, merge: mergeIndices },
    placed,
    floats,
    expected: (recipe) => networkPenalties(spec, parameters, recipe),
  };
}

function weightsOf(spec: ModelSpec, layer: WeightedLayer): [string, number[]] {
  const shape = [spaceNamed(spec, layer.inputSpace).size, spaceNamed(spec, layer.outputSpace).size];
  if (layer.kind === "dense") return [`${layer.name}/weights`, shape];
  return [`${layer.name}/kernel`, [layer.kernelSize, layer.kernelSize, ...shape]];
}

/** Index among the flat floats of element `at` of a placed tensor. */
export function flatIndex({ tensor: { shape }, offset, paddedRows, paddedColumns }: Placed, at: number): number {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const [outer, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
  return offset + (outer * paddedRows + row) * paddedColumns + column;
}

/** Zeros with every placed tensor's values. */
export function flatten(problem: PenaltyProblem): Float32Array {
  const flat = new Float32Array(problem.floats);
  for (const placed of problem.placed.values())
    placed.tensor.data.forEach((value, at) => {
      flat[flatIndex(placed, at)] = value;
    });
  return flat;
}
