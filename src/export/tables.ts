import { type Cell, csv } from "../base/csv";
import type { Metric, RunRecord, StepMetric, ValidationMetric } from "../model/run";
import { classGroups, type ExportInput } from "./export-input";

/** Columns of metrics.csv; a row leaves those of the other kind empty. */
const METRIC_COLUMNS = [
  "kind",
  "stage",
  "step",
  "time",
  "learningRate",
  "accuracy",
  "crossEntropy",
  "l2",
  "overlap",
  "weightSplit",
  "uniform",
  "total",
  "loss",
  "top1",
  "top5",
] as const satisfies readonly (keyof StepMetric | keyof ValidationMetric)[];

/**
 * Every recorded metric, none left out: one row a training step (its losses and batch accuracy before the update) or validation
 * (loss, top1, top5 after `step` steps). Accuracies are 0..1, time is Unix time in milliseconds.
 */
export function metricsCsv(metrics: Iterable<Metric>): string {
  return [...metricsCsvParts(metrics)].join("");
}

/** The same in parts, so that no text is as long as the curves of a long run. */
export function* metricsCsvParts(metrics: Iterable<Metric>): Generator<string> {
  yield csv([METRIC_COLUMNS]);
  for (const part of partsOf(metrics)) yield csv(part.map(metricRow));
}

/** Every recorded metric as the list "metrics" of a JSON object, in parts, after what is said of the run. */
export function* metricsJsonParts(
  run: Pick<RunRecord, "id" | "createdAt" | "config" | "datasetSource">,
  metrics: Iterable<Metric>,
): Generator<string> {
  const { id, createdAt, config, datasetSource } = run;
  yield `{"run":${JSON.stringify({ id, createdAt, datasetSource, config })},\n"metrics":[`;
  let separator = "\n";
  for (const part of partsOf(metrics)) {
    yield separator + part.map((metric) => JSON.stringify(metric)).join(",\n");
    separator = ",\n";
  }
  yield "\n]}\n";
}

/** Every metric as JSON on a line of its own, in parts. */
export function* metricsLineParts(metrics: Iterable<Metric>): Generator<string> {
  for (const part of partsOf(metrics)) yield part.map((metric) => `${JSON.stringify(metric)}\n`).join("");
}

const PART = 5000;

function* partsOf(metrics: Iterable<Metric>): Generator<readonly Metric[]> {
  let part: Metric[] = [];
  for (const metric of metrics) {
    part.push(metric);
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** One row a class: label, name, superclass, group (from 1, with the branch's name) and position in the network's own order. */
export function classesCsv({ run, tree, plan }: ExportInput): string {
  const groupOf = new Map(
    classGroups(tree).flatMap((leaf, group) => leaf.classes.map((label) => [label, { leaf, group }] as const)),
  );
  const rows = run.classes.map((name, label): Cell[] => {
    const place = groupOf.get(label);
    const superclass = run.superclasses[run.superclassOf[label] ?? -1];
    return [label, name, superclass, place && place.group + 1, place?.leaf.label, plan.classOrder.indexOf(label)];
  });
  return csv([["class", "name", "superclass", "group", "branch", "position"], ...rows]);
}

function metricRow(metric: Metric): Cell[] {
  const values = new Map<string, Cell>(Object.entries(metric));
  return METRIC_COLUMNS.map((column) => values.get(column));
}
