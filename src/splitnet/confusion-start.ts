import { at, type Matrix, matrix } from "../base/matrix";
import { type NamedTensors, tensorNamed } from "../base/tensor";
import { mergeIndices } from "../model/grouping";
import { groupedLayers, groupedSpaces, spaceNamed } from "../model/lookup";
import { logitsName, weightsName } from "../model/parameters";
import type { ModelSpec, WeightedLayer } from "../model/spec";
import { balancedClusters } from "./balanced-clusters";
import { bisected, type GroupRange } from "./bisection";
import type { Partition, Partitions } from "./partition";
import { orderedBy } from "./spectral";

/**
 * How alike two classes look to a network, symmetric, 0 on the diagonal: the mean probability that it gives one where the other is true. `logits`
 * are [images, classes], `labels` the true classes. A class without images is like none.
 */
export function softConfusion(logits: Float32Array, labels: ArrayLike<number>, classes: number): Matrix {
  const sums = new Float64Array(classes * classes);
  const counts = new Array<number>(classes).fill(0);
  for (let image = 0; image < labels.length; image++) {
    const truth = labels[image]!;
    counts[truth]!++;
    probabilities(logits.subarray(image * classes, (image + 1) * classes)).forEach((probability, label) => {
      sums[truth * classes + label]! += probability;
    });
  }
  const confusion = matrix(classes, classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < a; b++) {
      const mean = (sums[a * classes + b]! / Math.max(1, counts[a]!) + sums[b * classes + a]! / Math.max(1, counts[b]!)) / 2;
      confusion.data[a * classes + b] = mean;
      confusion.data[b * classes + a] = mean;
    }
  }
  return confusion;
}

function probabilities(row: Float32Array): number[] {
  const largest = Math.max(...row);
  const powers = Array.from(row, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * Groups of equal sizes that a network's own doubts suggest: of classes that it confuses with each other, then of channels, going backwards
 * through the layers, by where their squared weights go among groups that are known already. Deterministic.
 */
export function confusionGroups(spec: ModelSpec, parameters: NamedTensors, confusion: Matrix): Partitions {
  const found = new Map<string, Partition>();
  const layers = groupedLayers(spec).toReversed();
  for (const layer of layers) {
    const { inputSpace, outputSpace } = layer;
    if (!found.has(outputSpace)) found.set(outputSpace, classPartition(spec, confusion, outputSpace));
    if (found.has(inputSpace) || layer.groups !== spaceNamed(spec, inputSpace).groups) continue;
    const onwards = layers.filter((other) => other.inputSpace === inputSpace && found.has(other.outputSpace));
    found.set(inputSpace, channelPartition(spec, inputSpace, massTowards(spec, onwards, parameters, found)));
  }
  return new Map(groupedSpaces(spec).map(({ name }) => [name, found.get(name)!]));
}

function classPartition(spec: ModelSpec, confusion: Matrix, space: string): Partition {
  const { groups } = spaceNamed(spec, space);
  return { groups, groupOf: balancedClusters(confusion, groups) };
}

/** Channels line up by the share of their mass that goes to the right half; those without any stand in the middle. */
function channelPartition(spec: ModelSpec, space: string, mass: Matrix): Partition {
  const { groups, size } = spaceNamed(spec, space);
  const lineUp = (members: readonly number[], left: GroupRange, right: GroupRange): number[] => {
    const shares = members.map((channel) => {
      const [ours, theirs] = [massIn(mass, channel, left), massIn(mass, channel, right)];
      return ours + theirs > 0 ? theirs / (ours + theirs) : 0.5;
    });
    return orderedBy(shares).map((place) => members[place]!);
  };
  return { groups, groupOf: bisected(size, levelsTo(spec, groups), lineUp) };
}

function massIn(mass: Matrix, channel: number, { first, end }: GroupRange): number {
  let sum = 0;
  for (let group = first; group < end; group++) sum += at(mass, channel, group);
  return sum;
}

/** Sums of squared weights [input channels, groups] from every channel to every group of the outputs of `layers`, which share their inputs. */
function massTowards(spec: ModelSpec, layers: readonly WeightedLayer[], parameters: NamedTensors, found: Partitions): Matrix {
  const { groups, size } = spaceNamed(spec, layers[0]!.inputSpace);
  const mass = matrix(size, groups);
  for (const layer of layers) {
    const { data } = tensorNamed(parameters, weightsName(layer));
    const outputs = mergedGroups(found.get(layer.outputSpace)!, groups);
    for (let start = 0, row = 0; start < data.length; start += outputs.length, row = (row + 1) % size) {
      outputs.forEach((group, column) => {
        mass.data[row * groups + group]! += data[start + column]! ** 2;
      });
    }
  }
  return mass;
}

function mergedGroups({ groups, groupOf }: Partition, supergroups: number): number[] {
  const merged = mergeIndices(groups, supergroups);
  return groupOf.map((group) => merged[group]!);
}

/** Numbers of groups of the network's levels, from the shallowest, up to `groups`. */
function levelsTo(spec: ModelSpec, groups: number): number[] {
  const levels = new Set(groupedLayers(spec).map((layer) => layer.groups));
  return [...levels].filter((level) => level <= groups).sort((a, b) => a - b);
}

/** Assignment logits with `bias` more for the group that was found, by parameter name. */
export function biasedLogits(partitions: Partitions, parameters: NamedTensors, bias: number): NamedTensors {
  return new Map(
    [...partitions].map(([space, { groupOf }]) => {
      const name = logitsName(space);
      const { shape, data } = tensorNamed(parameters, name);
      const biased = Float32Array.from(data);
      groupOf.forEach((group, member) => {
        biased[group * groupOf.length + member]! += bias;
      });
      return [name, { shape, data: biased }];
    }),
  );
}
