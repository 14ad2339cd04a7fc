import type { TrainingStage } from "../../model/run";
import { count } from "../kit/format";

export const weights = {
  title: "Weights",
  none: "While the network groups, the weights of every grouped layer are drawn here by block: those between groups vanish.",
  noBlocks:
    "No block sums are kept of this moment: the run was trained by a version that kept none, or nothing in it is grouped.",
  legend:
    "Sum of squares of each layer's weights by block: within a group in its colour, between groups grey; stronger is more. Below: the share off the blocks over the steps, 0 to 100%.",
  layerName,
  off: (share: string) => `${share} off the blocks`,
  trend: (first: string, last: string) => `Share of the squares off the blocks, from ${first} to ${last}`,
  blocksLabel: (layer: string) => `Squares of ${layer} by block; arrow keys move the cursor`,
  block: (from: number, to: number, share: string) =>
    `${from === to ? `Within group ${from + 1}` : `From group ${from + 1} to group ${to + 1}`}: ${share} of the squares`,
  inputsDown: "Inputs down, outputs across.",
  table: "Share off the blocks, layer by layer",
  columns: { layer: "Layer", first: "First", shown: "Shown", last: "Last" },
  one: "One layer in full",
  layer: "Layer",
  network: "Network",
  whole: (layer: string) => `${layer} (not grouped)`,
  read: "Read from the last checkpoint",
  reading: "Reading the checkpoint…",
  unread: "The weights of the chosen layer, one by one, and how its numbers are spread.",
  readFrom: (layer: string, stage: TrainingStage, step: number) =>
    `${layerName(layer)} of the ${stage === "group" ? "unsplit" : "split"} network at its checkpoint of step ${count(step)}.`,
  matrixLabel: (layer: string) => `Weights of ${layer}, ordered by group; arrow keys move the cursor`,
  members: (names: readonly string[], group: number) =>
    `${names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(" and ")} (group ${group + 1})`,
  cell: (from: string, to: string, norm: string, stride: number) =>
    `${from} to ${to}: ${stride > 1 ? "largest norm" : "norm"} ${norm}`,
  scale: (inputs: number, outputs: number, stride: number) =>
    `${count(inputs)} inputs by ${count(outputs)} outputs, lines between groups; opacity is the norm over the kernel's taps, over the largest${
      stride > 1 ? `. A pixel is the largest of ${stride} by ${stride} weights` : ""
    }.`,
  histogram: {
    title: "How the layer's numbers are spread",
    of: { weights: "Weights", momentum: "Momentum (smoothed gradient)", scales: "Scales of the batch norm before it" },
    label: (name: string, least: string, greatest: string) =>
      `${name}: how often each value occurs, from ${least} to ${greatest}`,
    columns: { of: "Numbers", count: "Count", mean: "Mean", deviation: "Deviation", least: "Least", greatest: "Greatest" },
  },
} as const;

/** "unit_3_0/conv_1" for people. */
function layerName(layer: string): string {
  if (layer === "init_conv") return "First convolution";
  if (layer === "logits/fc") return "Last layer";
  const unit = /^unit_(\d+)_(\d+)\/(\w+)$/.exec(layer);
  return unit === null ? layer : `Unit ${unit[1]}.${Number(unit[2]) + 1} ${unit[3]!.replace("_", " ")}`;
}
