import { count } from "../kit/format";

const STAGES = { group: "Grouping", finetune: "Fine-tuning" } as const;
const AXES = { step: "Steps", epoch: "Epochs", time: "Minutes" } as const;

export const curves = {
  title: "Curves",
  none: "Losses, accuracy and learning rate appear here with the first step.",
  stage: "Stage",
  ...STAGES,
  loss: "Loss terms",
  accuracy: "Accuracy",
  learningRate: "Learning rate",
  log: "Logarithmic loss",
  decimated: (points: number) =>
    `Drawn with the lowest and highest value of every few pixels; all ${count(points)} points are kept and exported.`,
  complete: (points: number) => (points === 1 ? "One point." : `${count(points)} points, all drawn.`),
  smoothed: (keep: number) =>
    keep === 0
      ? "Nothing is smoothed."
      : `What changes from batch to batch is faint; its bias-corrected moving average (${keep}) over every step is solid.`,
  smoothedName: (name: string) => `${name}, smoothed`,
  pictured: (stage: "group" | "finetune", axis: "step" | "epoch" | "time", range: readonly string[], log: boolean) =>
    `${STAGES[stage]}, ${AXES[axis].toLowerCase()} ${range.join(" to ")}${log ? ", logarithmic" : ""}.`,
  hideLine: (name: string) => `Take ${name} out of the chart`,
  showLine: (name: string) => `Show ${name}`,
  slept: (time: string) => `${time} asleep`,
  marks: (list: string) => `Lines mark ${list}.`,
  sleptBefore: (time: string, step: number) =>
    `${time} for which the computer slept or the tab was frozen, before step ${count(step)}`,
  rateDrop: (factor: number) => `rate × ${factor}`,
  rateDropAt: (factor: number, step: number) => `the learning rate times ${factor} from step ${count(step)} on`,
  resumed: "resumed",
  resumedBefore: (step: number, retaken: number, when: string) =>
    `the resume at step ${count(step)}, ${when}${retaken === 0 ? "" : `, with ${count(retaken)} ${retaken === 1 ? "step" : "steps"} taken again`}`,
  view: {
    title: "What the charts show",
    axis: "Axis",
    axes: AXES,
    at: {
      step: (x: string) => `Step ${x}`,
      epoch: (x: string) => `Epoch ${x}`,
      time: (x: string) => `Minute ${x}`,
    },
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    earlier: "Earlier",
    later: "Later",
    all: "Show all",
    smoothing: "Smoothing",
    unsmoothed: "none",
    drag: "Drag across a chart to zoom; double-click to show all.",
  },
  explain: {
    title: "What the terms mean",
    step: (step: string) => `Values of step ${step}, each times its weight, as drawn.`,
    columns: { term: "Term", equation: "Equation", weight: "Weight", value: "Value" },
    sum: "the sum: what a step makes smaller",
    terms: {
      crossEntropy: { asks: "The right class should be likely.", equation: "−mean log p(class of the image)" },
      l2: { asks: "Weights should be small.", equation: "½ Σ w²" },
      overlap: {
        asks: "A member should belong to one group only.",
        equation: "Σ over groups g > h of p_g · p_h, over D (G − 1) / 2G (Kim et al., eq. 5)",
      },
      weightSplit: {
        asks: "Weights between different groups should vanish.",
        equation: "Σ over groups of ‖(I − P_g) W Q_g‖ + ‖P_g W (I − Q_g)‖, row by row and column by column (eq. 4)",
      },
      uniform: {
        asks: "Groups should be of equal size.",
        equation: "Σ over groups of (Σ over members of p_g)², over D² / G (eq. 6)",
      },
    },
  },
  table: "Latest values as a table",
  columns: { name: "Series", last: "Latest", least: "Least", most: "Most" },
  series: {
    total: "Total",
    crossEntropy: "Cross-entropy",
    l2: "Weight decay",
    overlap: "Overlap",
    weightSplit: "Weight split",
    uniform: "Uniform",
    validationLoss: "Validation loss",
    batchAccuracy: "Batch",
    smoothAccuracy: "Training, smoothed",
    top1: "Validation top-1",
    top5: "Validation top-5",
    learningRate: "Learning rate",
  },
} as const;
