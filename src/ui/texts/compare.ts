import { count } from "../kit/format";
import { curves } from "./curves";

const { series } = curves;

export const compare = {
  title: "Compare",
  none: "Tick Compare at two or more runs in the list: their results, settings and curves stand here side by side.",
  pending: "Reading the runs…",
  tick: "Compare",
  tickLabel: (name: string) => `Compare ${name}`,
  most: (most: number) => `${most} runs are compared at most.`,
  missing: (runs: number) =>
    runs === 1
      ? "One more run that the address asks for is not stored in this browser."
      : `${count(runs)} more runs that the address asks for are not stored in this browser.`,
  unreadable: (name: string, reason: string) => `${name} cannot be read: ${reason}`,
  clear: "Compare none",
  run: "Run",
  status: "Status",
  columns: {
    date: "Started",
    best: "Best validation top-1",
    unsplit: "Test top-1, unsplit",
    split: "Test top-1, split",
    parameters: "Parameters saved",
    flops: "FLOPs saved",
  },
  bestAt: (stage: "group" | "finetune", step: number) => `${curves[stage]}, step ${count(step)}`,
  differences: "Settings that differ",
  noDifferences: "The settings are the same.",
  setting: "Setting",
  stage: "Stage",
  metric: "Metric",
  metrics: {
    top1: series.top1,
    top5: series.top5,
    loss: series.validationLoss,
    accuracy: "Batch accuracy",
    total: series.total,
    crossEntropy: series.crossEntropy,
    l2: series.l2,
    overlap: series.overlap,
    weightSplit: series.weightSplit,
    uniform: series.uniform,
    learningRate: series.learningRate,
  },
  axis: "Axis",
  smooth: "Smoothed",
  smoothed: "Every line is a bias-corrected moving average (0.95).",
  mean: "Seeds as mean and deviation",
  meanName: (name: string, runs: number, seeds: string) => `${name}, mean of ${runs} seeds (${seeds})`,
  meanIs: (sizes: string) =>
    `Runs that differ only in their seed are drawn as mean and sample standard deviation (n = ${sizes}), as far as all of them have come.`,
  noTime: "A mean is taken over steps or epochs: on an axis of minutes every run is drawn.",
  drawn: "Lines are drawn with the lowest and highest value of each pixel column; best and mean values are of every point.",
  pictured: (stage: "group" | "finetune", axis: "step" | "epoch" | "time") =>
    `${curves[stage]}, over ${curves.view.axes[axis].toLowerCase()}.`,
  noPoints: "None of these runs has recorded this in this stage.",
  table: "Values as a table",
  tableColumns: { points: "Points", last: "Latest", least: "Least", most: "Most" },
} as const;
