import {
  add,
  customGrad,
  div,
  matMul,
  mean,
  mul,
  type Scalar,
  softmax,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
  transpose,
} from "@tensorflow/tfjs-core";
import { mergeIndices } from "../../model/grouping";
import { groupedLayers, groupedSpaces, spaceNamed, weightedLayers } from "../../model/lookup";
import { logitsName } from "../../model/parameters";
import type { ModelSpec, WeightedLayer } from "../../model/spec";
import type { PenaltyOptions } from "../objective";
import { type DeviceTensors, deviceTensor } from "./tensors";

/** Hands tensors of the forward pass to the gradient function. */
type GradSaver = (tensors: Tensor[]) => void;

/** The three penalties of stage 1, not yet times their weights (splitnet.md 1.2: T, S and U). */
export interface Penalties {
  readonly overlap: Scalar;
  readonly weightSplit: Scalar;
  readonly uniform: Scalar;
}

/** Assignment probabilities [groups, size] by space: softmax of the logits over groups (Kim et al. 2017, eq. 3). */
export function assignmentProbabilities(spec: ModelSpec, parameters: DeviceTensors): ReadonlyMap<string, Tensor2D> {
  return new Map(
    groupedSpaces(spec).map((space) => {
      const logits = deviceTensor(parameters, logitsName(space.name)) as Tensor2D;
      return [space.name, assignmentOfLogits(logits)];
    }),
  );
}

/** softmax over groups of logits [groups, size]. */
export function assignmentOfLogits(logits: Tensor2D): Tensor2D {
  return transpose(softmax(transpose(logits)));
}

export function penalties(spec: ModelSpec, parameters: DeviceTensors, options: PenaltyOptions): Penalties {
  const assignments = assignmentProbabilities(spec, parameters);
  const assignmentOf = (space: string): Tensor2D => assignments.get(space) as Tensor2D;
  // One entry a layer that meets assignments for the first time, each the mean over what it meets (resnet.py:179-204).
  const entries = weightedLayers(spec).filter((layer) => layer.introduces.length > 0);
  const meanOver = (term: (p: Tensor2D) => Scalar): Scalar =>
    averageOf(entries.map((layer) => averageOf(layer.introduces.map((space) => term(assignmentOf(space))))));
  const split = groupedLayers(spec).map((layer) =>
    weightSplitPenalty(
      meanSquare(layer, parameters),
      merged(spec, layer.inputSpace, layer, assignmentOf),
      merged(spec, layer.outputSpace, layer, assignmentOf),
      {
        fanIn: fanIn(spec, layer),
        epsilon: options.groupLassoEpsilon,
      },
    ),
  );
  const stacked = stack(split) as Tensor1D;
  return {
    overlap: meanOver(overlapPenalty),
    weightSplit: options.weightedSplit ? selfWeightedMean(stacked) : mean(stacked),
    uniform: meanOver(uniformPenalty),
  };
}

/** T(p) = sum over i > j of p_i . p_j / (D (G-1) / 2G): 1 at uniform, 0 at one-hot. As columns sum to 1, the sum is half of sum p (1-p). */
export function overlapPenalty(p: Tensor2D): Scalar {
  const [groups, size] = p.shape;
  return div(sum(mul(p, sub(1, p))), (size * (groups - 1)) / groups);
}

/** U(p) = sum over g of (sum over i of p_gi)^2 / (D^2 / G): 1 when balanced, G when collapsed. */
export function uniformPenalty(p: Tensor2D): Scalar {
  const [groups, size] = p.shape;
  return div(sum(square(sum(p, 1))), (size * size) / groups);
}

/** S(W) from M = mean of W^2 over kernel positions [in, out]: row and column norms of what crosses between groups. */
export function weightSplitPenalty(
  m: Tensor2D,
  p: Tensor2D,
  q: Tensor2D,
  { fanIn, epsilon }: { fanIn: number; epsilon: number },
): Scalar {
  const [inputs, outputs] = m.shape;
  const groups = p.shape[0];
  const rows = mul(matMul(m, square(q), false, true), square(sub(1, transpose(p))));
  const columns = mul(matMul(square(p), m), square(sub(1, q)));
  const rowNorm = div(sum(sqrt(add(rows, epsilon))), inputs * Math.sqrt(outputs));
  const columnNorm = div(sum(sqrt(add(columns, epsilon))), Math.sqrt(inputs) * outputs);
  return div(add(rowNorm, columnNorm), (2 * (groups - 1) * Math.sqrt(1 / fanIn)) / groups);
}

function meanSquare(layer: WeightedLayer, parameters: DeviceTensors): Tensor2D {
  if (layer.kind === "dense") return square(deviceTensor(parameters, `${layer.name}/weights`) as Tensor2D);
  return mean(square(deviceTensor(parameters, `${layer.name}/kernel`)), [0, 1]);
}

function fanIn(spec: ModelSpec, layer: WeightedLayer): number {
  const taps = layer.kind === "conv" ? layer.kernelSize * layer.kernelSize : 1;
  return taps * spaceNamed(spec, layer.inputSpace).size;
}

/** A space's assignment merged to the layer's number of groups: a supergroup is the sum of its subgroups (paper, hierarchical split). */
function merged(spec: ModelSpec, space: string, layer: WeightedLayer, assignmentOf: (space: string) => Tensor2D): Tensor2D {
  const fine = spaceNamed(spec, space).groups;
  if (fine === layer.groups) return assignmentOf(space);
  const membership = new Float32Array(layer.groups * fine);
  mergeIndices(fine, layer.groups).forEach((supergroup, subgroup) => {
    membership[supergroup * fine + subgroup] = 1;
  });
  return matMul(tensor2d(membership, [layer.groups, fine]), assignmentOf(space));
}

/** sum s_k^2 / sum s_k with the weights s_k held constant: the gradient of s_k is s_k / sum s (`weighted_group_loss`). */
function selfWeightedMean(terms: Tensor1D): Scalar {
  const operation = customGrad((...inputs: (Tensor | GradSaver)[]) => {
    const [s, save] = inputs as [Tensor1D, GradSaver];
    save([s]);
    return {
      value: div(sum(square(s)), sum(s)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => mul(dy, div(saved[0] as Tensor, sum(saved[0] as Tensor))),
    };
  });
  return operation(terms) as Scalar;
}

function averageOf(terms: readonly Scalar[]): Scalar {
  return mean(stack([...terms]));
}
