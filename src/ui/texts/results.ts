import { count, percent } from "../kit/format";

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
  pictured: (network: "unsplit" | "split", by: ConfusionOrder, only: number | null) =>
    `${network === "split" ? "Split" : "Unsplit"} network on the test images, rows and columns ordered by ${by}${only === null ? "" : `, classes of group ${only + 1}`}.`,
  pick: "Point at a cell or use the arrow keys; click it or press Enter to see its images.",
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
  within: (share: number) => `${percent(share)} of the mistakes stay within the group`,
  by: { group: "By group", superclass: "By superclass", class: "By class" },
  columns: { name: "Name", images: "Images" },
} as const;
