import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { mergeIndices } from "../model/grouping";
import { groupedLayers, spaceNamed } from "../model/lookup";
import { weightsName } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { likeliestGroups } from "./discretize";

/**
 * Sums of squares of a layer's weights by block: `[inputs, outputs]` are the groups of its input and output members, taps summed over.
 * Weights are [k, k, in, out] or [in, out], row-major. Summed in float64; the sum over all blocks is the layer's sum of squares.
 */
export function blockMass(
  { shape, data }: HostTensor,
  inputs: readonly number[],
  outputs: readonly number[],
  groups: number,
): Float64Array {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const mass = new Float64Array(groups * groups);
  for (let start = 0, row = 0; start < data.length; start += columns, row = (row + 1) % rows) {
    const first = inputs[row]! * groups;
    for (let column = 0; column < columns; column++) {
      const weight = data[start + column]!;
      mass[first + outputs[column]!]! += weight * weight;
    }
  }
  return mass;
}

/** Share of the sum of squares that lies off the diagonal blocks, 0..1: what the split would cut away. Nothing at all has none. */
export function offBlockShare(mass: ArrayLike<number>, groups: number): number {
  let [all, own] = [0, 0];
  for (let index = 0; index < groups * groups; index++) {
    all += mass[index]!;
    if (index % (groups + 1) === 0) own += mass[index]!;
  }
  return all === 0 ? 0 : (all - own) / all;
}

/**
 * Block masses [groups, groups] of every layer that the split will cut, by layer name, where the likeliest groups are taken as they are
 * now; `assignments` are [groups, size] by space. Kept as float32.
 */
export function blockMasses(
  spec: ModelSpec,
  assignments: ReadonlyMap<string, HostTensor>,
  parameters: NamedTensors,
): ReadonlyMap<string, HostTensor> {
  return new Map(
    groupedLayers(spec).map((layer) => {
      const groupOf = (space: string): number[] => {
        const { shape, data } = tensorNamed(assignments, space);
        return layerGroups(spec, space, layer.groups, likeliestGroups(data, shape[0]!, shape[1]!));
      };
      const weights = tensorNamed(parameters, weightsName(layer));
      const mass = blockMass(weights, groupOf(layer.inputSpace), groupOf(layer.outputSpace), layer.groups);
      return [layer.name, { shape: [layer.groups, layer.groups], data: Float32Array.from(mass) }];
    }),
  );
}

/** Groups of a space's members as a layer of `groups` groups sees them: a space of more groups is merged. */
export function layerGroups(spec: ModelSpec, space: string, groups: number, finest: readonly number[]): number[] {
  const merged = mergeIndices(spaceNamed(spec, space).groups, groups);
  return finest.map((group) => merged[group]!);
}
