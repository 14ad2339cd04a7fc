import { type Matrix, matrix } from "../base/matrix";
import { mergeIndices } from "../model/grouping";
import { groupedLayers, groupedSpaces, spaceNamed, weightedLayers } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { ModelSpec, WeightedLayer } from "../model/spec";
import { assignmentGradient, assignmentOf, mergeRows, mergeRowsGradient } from "./assignment";
import { overlap, overlapGradient } from "./overlap";
import { addTensors, type Tensor64, type Tensors64, tensor64Named } from "./tensor64";
import { uniform, uniformGradient } from "./uniform";
import { weightSplit, weightSplitGradients } from "./weight-split";

/** Factors and variants of the three penalties. */
export interface PenaltyRecipe {
  readonly overlap: number;
  readonly weightSplit: number;
  readonly uniform: number;
  /** Weights every layer's split penalty by its own gradient-stopped value. */
  readonly weightedSplit: boolean;
  /** Added under the square roots of the weight-split penalty. */
  readonly epsilon: number;
}

/** The three terms, each times its factor, and the gradient of their sum for weights and assignment logits. */
export interface NetworkPenalties {
  readonly overlap: number;
  readonly weightSplit: number;
  readonly uniform: number;
  readonly gradients: Tensors64;
}

/**
 * Penalties of a dense network with assignments (resnet.py:179-204). Overlap and uniform: mean over the layers that introduce
 * spaces of the mean over these spaces. Weight split: mean over the grouped layers, plain or weighted. Zero where nothing is grouped.
 */
export function networkPenalties(spec: ModelSpec, parameters: Tensors64, recipe: PenaltyRecipe): NetworkPenalties {
  const gradients = new Gradients();
  const assignments = new Map(
    groupedSpaces(spec).map(({ name }) => {
      const logits = tensor64Named(parameters, logitsName(name));
      return [name, assignmentOf(matrix(logits.shape[0]!, logits.shape[1]!, logits.data))];
    }),
  );
  const spread = spreadPenalties(spec, assignments, recipe, gradients);
  const split = splitPenalty(spec, parameters, assignments, recipe, gradients);
  for (const [space, dp] of gradients.assignments) {
    const { rows, columns, data } = assignmentGradient(dp, assignments.get(space)!);
    gradients.addTensor(logitsName(space), { shape: [rows, columns], data });
  }
  return { ...spread, weightSplit: split, gradients: gradients.tensors };
}

/** Sums gradients by name. */
class Gradients {
  readonly tensors = new Map<string, Tensor64>();
  readonly assignments = new Map<string, Matrix>();

  addTensor(name: string, gradient: Tensor64): void {
    const sum = this.tensors.get(name);
    this.tensors.set(name, sum === undefined ? gradient : addTensors(sum, gradient));
  }

  addAssignment(space: string, gradient: Matrix): void {
    const sum = this.assignments.get(space) ?? matrix(gradient.rows, gradient.columns);
    for (let i = 0; i < sum.data.length; i++) sum.data[i] = sum.data[i]! + gradient.data[i]!;
    this.assignments.set(space, sum);
  }
}

function spreadPenalties(spec: ModelSpec, assignments: ReadonlyMap<string, Matrix>, recipe: PenaltyRecipe, gradients: Gradients) {
  const entries = weightedLayers(spec).flatMap((layer) => (layer.introduces.length > 0 ? [layer.introduces] : []));
  const terms = { overlap: 0, uniform: 0 };
  for (const spaces of entries) {
    for (const space of spaces) {
      const p = assignments.get(space)!;
      const share = 1 / (entries.length * spaces.length);
      terms.overlap += recipe.overlap * share * overlap(p);
      terms.uniform += recipe.uniform * share * uniform(p);
      gradients.addAssignment(space, overlapGradient(p, recipe.overlap * share));
      gradients.addAssignment(space, uniformGradient(p, recipe.uniform * share));
    }
  }
  return terms;
}

function splitPenalty(
  spec: ModelSpec,
  parameters: Tensors64,
  assignments: ReadonlyMap<string, Matrix>,
  recipe: PenaltyRecipe,
  gradients: Gradients,
): number {
  const layers = groupedLayers(spec).filter((layer) => layer.blocks === null);
  if (layers.length === 0) return 0;
  const cases = layers.map((layer) => {
    const name = `${layer.name}/${layer.kind === "conv" ? "kernel" : "weights"}`;
    const sides = [
      sideOf(spec, layer, layer.inputSpace, assignments),
      sideOf(spec, layer, layer.outputSpace, assignments),
    ] as const;
    const weight = tensor64Named(parameters, name);
    return { name, weight, sides, value: weightSplit(weight, sides[0].merged, sides[1].merged, recipe.epsilon) };
  });
  const total = cases.reduce((sum, { value }) => sum + value, 0);
  let term = 0;
  for (const { name, weight, sides, value } of cases) {
    const share = recipe.weightedSplit ? value / total : 1 / cases.length;
    const [input, output] = sides;
    term += recipe.weightSplit * share * value;
    const gradient = weightSplitGradients(weight, input.merged, output.merged, recipe.epsilon, recipe.weightSplit * share);
    gradients.addTensor(name, gradient.weight);
    gradients.addAssignment(input.space, mergeRowsGradient(gradient.p, input.supergroupOf));
    gradients.addAssignment(output.space, mergeRowsGradient(gradient.q, output.supergroupOf));
  }
  return term;
}

/** The assignment of one side of a layer, merged to the layer's number of groups. */
function sideOf(spec: ModelSpec, layer: WeightedLayer, space: string, assignments: ReadonlyMap<string, Matrix>) {
  const supergroupOf = mergeIndices(spaceNamed(spec, space).groups, layer.groups);
  return { space, supergroupOf, merged: mergeRows(assignments.get(space)!, supergroupOf, layer.groups) };
}
