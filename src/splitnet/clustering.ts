import { ShapeError } from "../base/errors";
import { at, type Matrix, matrix } from "../base/matrix";
import type { HostTensor } from "../base/tensor";
import { kMeans } from "./k-means";
import { numberedAlongLine, spectralRows } from "./spectral";

/**
 * Groups of classes whose weights are alike: spectral clustering (Ng, Jordan and Weiss 2001) of the columns of `weights` [features, classes].
 * Sizes come as they come; no group is empty. Groups are numbered along the line that their affinities make, so that the contiguous runs that
 * shallower levels merge are alike too. Deterministic. Throws ShapeError where there are fewer classes than groups.
 */
export function clusteringGroups(weights: HostTensor, groups: number): number[] {
  const classes = weights.shape.at(-1) ?? 0;
  if (weights.shape.length !== 2 || classes < groups) {
    throw new ShapeError(
      `class weights of shape [${weights.shape.join(", ")}] cannot make ${groups} groups`,
      "Ask for at most as many groups as there are classes.",
    );
  }
  const affinity = weightAffinity(weights);
  return numberedAlongLine(kMeans(spectralRows(affinity, groups), groups), groups, affinity);
}

/**
 * exp(-d^2 / m) for every two columns, d being their distance and m the median of d^2 over all pairs, so that the scale of the weights does not
 * matter (the library default that the authors used fixes it instead).
 */
function weightAffinity({ shape, data }: HostTensor): Matrix {
  const [features, classes] = [shape[0]!, shape[1]!];
  const squares = matrix(classes, classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      let sum = 0;
      for (let f = 0; f < features; f++) sum += (data[f * classes + a]! - data[f * classes + b]!) ** 2;
      squares.data[a * classes + b] = sum;
    }
  }
  const scale = medianOfPairs(squares);
  return matrix(
    classes,
    classes,
    squares.data.map((square) => (scale > 0 ? Math.exp(-square / scale) : 1)),
  );
}

function medianOfPairs(squares: Matrix): number {
  const pairs: number[] = [];
  for (let a = 0; a < squares.rows; a++) for (let b = 0; b < a; b++) pairs.push(at(squares, a, b));
  pairs.sort((a, b) => a - b);
  return pairs[pairs.length >> 1] ?? 0;
}
