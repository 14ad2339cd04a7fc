import { lax, nn, numpy as np } from "@jax-js/jax";
import { mergeIndices } from "../model/grouping";
import { groupedLayers, groupedSpaces, spaceNamed, weightedLayers } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { ModelSpec, WeightedLayer } from "../model/spec";
import type { PenaltyOptions } from "../train/objective";
import type { JaxTensors } from "./jax-layout";

/** Overlap, weight split and uniform of stage 1, not yet times their weights: the same formulas as in train/stock/penalties.ts. */
export type JaxPenalties = readonly [overlap: np.Array, weightSplit: np.Array, uniform: np.Array];

/** The three penalties. Borrows the parameters. */
export function penalties(spec: ModelSpec, parameters: JaxTensors, options: PenaltyOptions): JaxPenalties {
  const assignments = new Map(groupedSpaces(spec).map(({ name }) => [name, nn.softmax(parameters[logitsName(name)]!.ref, 0)]));
  const assignmentOf = (space: string): np.Array => assignments.get(space)!.ref;
  const entries = weightedLayers(spec).filter((layer) => layer.introduces.length > 0);
  const meanOver = (term: (p: np.Array) => np.Array): np.Array =>
    average(entries.map((layer) => average(layer.introduces.map((space) => term(assignmentOf(space))))));
  const split = groupedLayers(spec).map((layer) =>
    weightSplit(
      spec,
      layer,
      meanSquare(layer, parameters),
      merged(spec, layer.inputSpace, layer, assignmentOf),
      merged(spec, layer.outputSpace, layer, assignmentOf),
      options.groupLassoEpsilon,
    ),
  );
  const result = [
    meanOver(overlap),
    options.weightedSplit ? selfWeightedMean(split) : average(split),
    meanOver(uniform),
  ] as const;
  for (const assignment of assignments.values()) assignment.dispose();
  return result;
}

function overlap(p: np.Array): np.Array {
  const [groups, size] = p.shape as [number, number];
  return p.ref
    .mul(one().sub(p))
    .sum()
    .div((size * (groups - 1)) / groups);
}

function uniform(p: np.Array): np.Array {
  const [groups, size] = p.shape as [number, number];
  return np
    .square(p.sum(1))
    .sum()
    .div((size * size) / groups);
}

/** S(W) from m = mean of W^2 over kernel positions [in, out], p [groups, in] and q [groups, out]. */
function weightSplit(spec: ModelSpec, layer: WeightedLayer, m: np.Array, p: np.Array, q: np.Array, epsilon: number): np.Array {
  const [inputs, outputs] = m.shape as [number, number];
  const groups = p.shape[0]!;
  const rows = np.matmul(m.ref, np.square(q.ref).transpose()).mul(np.square(one().sub(p.ref)).transpose());
  const columns = np.matmul(np.square(p), m).mul(np.square(one().sub(q)));
  const rowNorm = np
    .sqrt(rows.add(epsilon))
    .sum()
    .div(inputs * Math.sqrt(outputs));
  const columnNorm = np
    .sqrt(columns.add(epsilon))
    .sum()
    .div(Math.sqrt(inputs) * outputs);
  return rowNorm.add(columnNorm).div((2 * (groups - 1) * Math.sqrt(1 / fanIn(spec, layer))) / groups);
}

function meanSquare(layer: WeightedLayer, parameters: JaxTensors): np.Array {
  if (layer.kind === "dense") return np.square(parameters[`${layer.name}/weights`]!.ref);
  return np.square(parameters[`${layer.name}/kernel`]!.ref).mean([2, 3]).transpose();
}

function fanIn(spec: ModelSpec, layer: WeightedLayer): number {
  const taps = layer.kind === "conv" ? layer.kernelSize * layer.kernelSize : 1;
  return taps * spaceNamed(spec, layer.inputSpace).size;
}

function merged(spec: ModelSpec, space: string, layer: WeightedLayer, assignmentOf: (space: string) => np.Array): np.Array {
  const fine = spaceNamed(spec, space).groups;
  if (fine === layer.groups) return assignmentOf(space);
  const membership = new Float32Array(layer.groups * fine);
  mergeIndices(fine, layer.groups).forEach((supergroup, subgroup) => {
    membership[supergroup * fine + subgroup] = 1;
  });
  return np.matmul(np.array(membership, { shape: [layer.groups, fine] }), assignmentOf(space));
}

/** sum s_k^2 / sum s_k with the weights s_k / sum s held constant. */
function selfWeightedMean(terms: readonly np.Array[]): np.Array {
  const s = np.stack([...terms]);
  const weights = lax.stopGradient(s.ref.div(s.ref.sum()));
  return s.mul(weights).sum();
}

function average(terms: readonly np.Array[]): np.Array {
  return terms.reduce((left, right) => left.add(right)).div(terms.length);
}

function one(): np.Array {
  return np.array(1);
}
