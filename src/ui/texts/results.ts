import { count } from "../kit/format";

type ConfusionOrder = "group" | "superclass" | "name" | "accuracy";

export const results = {
  title: "Results",
  none: "Evaluate compares the unsplit and the split network on the test images.",
  images: (images: number) => `${count(images)} test images`,
  unsplit: "Unsplit",
  split: "Split",
  change: "Change",
  rows: { top1: "Top-1", top5: "Top-5", loss: "Loss", time: "ms per image", parameters: "Parameters", flops: "FLOPs" },
  confusion: "Confusion",
  confusionHint: "Rows are true classes, columns predictions; stronger colour is more, on a logarithmic scale.",
  pictured: (network: "unsplit" | "split", by: ConfusionOrder, only: string | null, whole: boolean) =>
    `${network === "split" ? "Split" : "Unsplit"} network on the test images, rows and columns ordered by ${by}${only === null ? "" : `, classes of ${only}`}${whole ? "" : ", a part of them"}.`,
  pick: "Point at a cell or use the arrow keys; click it or press Enter to see its images. Drag over cells to zoom, or press + and −; 0 shows all.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  whole: "Whole",
  confused: (cell: string, network: string, shown: number, total: number) =>
    `${cell} (${network.toLowerCase()} network)${shown < total ? `; the first ${count(shown)} of them` : ""}`,
  orderedBy: "Ordered by",
  orders: { group: "group", superclass: "superclass", name: "name", accuracy: "accuracy" },
  classes: "Classes",
  everyClass: "all",
  confusionLabel: "Confusion matrix; arrow keys move the cursor",
  cell: (truth: string, predicted: string, images: number) =>
    truth === predicted ? `${truth}: ${count(images)} right` : `${truth} taken for ${predicted}: ${count(images)}`,
  network: "Network",
  takenFor: (truth: string, predicted: string) => `${truth}, taken for ${predicted}`,
  noScores: "This evaluation was made by an earlier version, which kept no probabilities: press Evaluate again to see them.",
  pairs: "Most confused pairs",
  pairsShown: "Show",
  pairColumns: ["Pair", "Images", "Group"],
  pairGroups: (truth: number, predicted: number) =>
    truth === predicted ? `within ${truth + 1}` : `from ${truth + 1} to ${predicted + 1}`,
  noPairs: "No image of these classes is taken for another one of them.",
  mistakes: "Mistakes within and between groups",
  mistakesHint: "Images taken for another class of their own group, or for one of another group; share of the group's images.",
  withinGroup: "within",
  betweenGroups: "between",
  ranked: "Images worth a look",
  rankedBy: "Which",
  rankedOf: "Of class",
  rankings: { certainWrong: "certain and wrong", unsureRight: "right, but least certain" },
  showRanked: "Show images",
  rankedCaption: (which: string, network: string, of: string | null, shown: number, total: number) =>
    `${network} network, ${which}${of === null ? "" : `, of class ${of}`}: ${count(total)} images${shown < total ? `, the first ${count(shown)}` : ""}`,
  by: { group: "By group", superclass: "By superclass", class: "By class" },
  columns: { name: "Name", images: "Images" },
} as const;
