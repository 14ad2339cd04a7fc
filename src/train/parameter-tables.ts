import type { ParameterSegment } from "../kernels/optimizer";
import type { PenaltyLayer, PenaltyNetwork, PenaltySpace } from "../kernels/penalties-plan";
import type { KernelSegment } from "../kernels/transpose-weights";
import { mergeIndices } from "../model/grouping";
import { groupedLayers, groupedSpaces, weightedLayers } from "../model/lookup";
import type { NetworkBuffers } from "./network-buffers";
import { decays, movedBy, type TrainerOptions } from "./objective";
import { type NetworkLayout, segmentOf } from "./parameter-layout";

/** What the kernels over all parameters need to know of them. */

/** Every kernel and dense weight. */
export function kernelsOf({ layout }: Pick<NetworkBuffers, "layout">): KernelSegment[] {
  return layout.segments
    .filter(decays)
    .map(({ offset, taps, paddedRows, paddedColumns }) => ({ offset, taps, inputs: paddedRows, outputs: paddedColumns }));
}

/** Segments with what the optimiser does to them. `vectorFactor` undoes the loss scale where a gradient still carries it. */
export function trainedSegments(layout: NetworkLayout, options: TrainerOptions, vectorFactor: number): ParameterSegment[] {
  const isMoved = movedBy(layout.spec, options);
  return layout.segments.map((segment): ParameterSegment => {
    const isVector = segment.role === "biases" || segment.role === "beta" || segment.role === "gamma";
    return {
      offset: segment.offset,
      count: segment.count,
      decays: decays(segment),
      trained: isMoved(segment),
      rateFactor: segment.role === "logits" ? options.assignmentRateFactor : 1,
      gradientFactor: isVector ? vectorFactor : 1,
    };
  });
}

/** The spaces, layers and entries that the penalties are of; null for a network without groups to learn. */
export function penaltyNetwork(layout: NetworkLayout): PenaltyNetwork | null {
  const { spec } = layout;
  const grouped = groupedSpaces(spec);
  if (grouped.length === 0) return null;
  const indexOf = (space: string): number => grouped.findIndex(({ name }) => name === space);
  const spaces = grouped.map(({ name, groups, size }): PenaltySpace => {
    return { groups, size, logitsOffset: segmentOf(layout, name, "logits").offset };
  });
  const layers = groupedLayers(spec).map((layer): PenaltyLayer => {
    const segment = segmentOf(layout, layer.name, layer.kind === "conv" ? "kernel" : "weights");
    const [inputSpace, outputSpace] = [indexOf(layer.inputSpace), indexOf(layer.outputSpace)];
    return { taps: segment.taps, weightsOffset: segment.offset, groups: layer.groups, inputSpace, outputSpace };
  });
  // One entry a layer that meets assignments for the first time, each the mean over what it meets (resnet.py:179-204).
  const introducing = weightedLayers(spec).filter((layer) => layer.introduces.length > 0);
  const entries = introducing.map((layer) => layer.introduces.map(indexOf));
  return { spaces, layers, entries, merge: mergeIndices };
}
