import { count, percent } from "../kit/format";

export const tree = {
  title: "Split tree",
  none: "After Split the network is a tree of independent branches: their parameters and FLOPs stand here.",
  measure: "Sized by",
  parameters: "Parameters",
  flops: "FLOPs",
  saved: (parameters: number, flops: number) =>
    `${percent(parameters)} of the parameters and ${percent(flops)} of the FLOPs saved`,
  columns: {
    branch: "Branch",
    classes: "Classes",
    parameters: "Parameters",
    flops: "FLOPs",
    share: "Share",
    before: "Top-1 unsplit",
    after: "Top-1 split",
  },
  unsplit: "Unsplit network",
  split: "Split network",
  diagram: "Tree of the split network, each branch as thick as its cost; the leaves and the table tell the same",
  table: "Cost and accuracy of each branch",
  trunk: (parameters: number, flops: number) =>
    `The trunk, which every branch uses, has ${percent(parameters)} of the split network's parameters and ${percent(flops)} of its FLOPs.`,
  node: (label: string, cost: string, measure: string, classes: number) =>
    `${label}: ${cost} ${measure}, ${count(classes)} classes`,
  leaf: (label: string, group: number) => `${label.charAt(0).toUpperCase()}${label.slice(1)}: group ${group + 1}`,
  classes: (classes: number) => `${count(classes)} ${classes === 1 ? "class" : "classes"}`,
  accuracy: (before: string, after: string | null) =>
    after === null ? `top-1 ${before}` : `top-1 ${before} unsplit, ${after} split`,
  levels: {
    title: "Cost before and after, level by level",
    level: "Level",
    name: (branches: number) => (branches === 1 ? "Trunk" : `${count(branches)} branches`),
    parametersBefore: "Parameters before",
    parametersAfter: "Parameters after",
    flopsBefore: "FLOPs before",
    flopsAfter: "FLOPs after",
  },
  pictured: (measure: "parameters" | "flops") =>
    `Branches are as thick as their ${measure === "flops" ? "FLOPs" : "parameters"}.`,
  rule: "Published counting rule: convolutions and the last layer; 2 FLOPs a multiply-add.",
} as const;
