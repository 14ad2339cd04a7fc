import { percent } from "../kit/format";

export const tree = {
  title: "Split tree",
  none: "After Split the network is a tree of independent branches: their parameters and FLOPs stand here.",
  measure: "Sized by",
  parameters: "Parameters",
  flops: "FLOPs",
  saved: (parameters: number, flops: number) =>
    `${percent(parameters)} of the parameters and ${percent(flops)} of the FLOPs saved`,
  columns: { branch: "Branch", classes: "Classes", parameters: "Parameters", flops: "FLOPs", share: "Share" },
  unsplit: "Unsplit network",
  split: "Split network",
  diagram: "Tree of the split network, each branch as thick as its cost",
  table: "Cost of each branch",
  rule: "Published counting rule: convolutions and the last layer; 2 FLOPs a multiply-add.",
} as const;
