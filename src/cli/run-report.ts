import { readdir } from "node:fs/promises";
import { type OpenedRun, readRun } from "../engine/opened-run";
import { decodePlan, PLAN_FILE } from "../engine/plan-file";
import { groupingSpec } from "../model/build";
import type { TrainingStage } from "../model/run";
import { adjustedRandIndex } from "../splitnet/agreement";
import type { EvaluationReport } from "../splitnet/evaluation";
import { groupSizes } from "../splitnet/partition";
import { formatCount, formatDuration, formatShare, formatTable } from "./format";
import type { RunFolder } from "./run-folder";

/** Everything worth knowing of the run in a folder; what a later stage will bring is null. */
export async function runReport(folder: RunFolder) {
  const { id } = await folder.requireRecord();
  const run = await readRun(folder.runs, id);
  const { record, split } = run;
  const { adapter, stages } = await folder.effort();
  const data = await folder.data();
  return {
    run: { id, folder: folder.path, phase: record.phase, step: record.checkpointStep },
    data: {
      id: record.datasetId,
      source: record.datasetSource,
      files: data?.files ?? [],
      original: data?.summary.original ?? null,
    },
    config: record.config,
    groups: split === null ? null : await sizesBySpace(folder, run),
    classGroups: split === null ? null : namedGroups(run, split.classGroups),
    agreement: split === null ? null : adjustedRandIndex(split.classGroups, record.superclassOf),
    sizes: split === null ? null : { unsplit: split.tree.unsplit, split: split.tree.split },
    savings: split === null ? null : savings(split.tree),
    accuracy: { unsplit: accuracyOf(run, "group"), split: accuracyOf(run, "finetune") },
    adapter,
    seconds: Object.fromEntries(Object.entries(stages).map(([stage, { seconds }]) => [stage, seconds])),
    imagesPerSecond: { group: rate(stages.group), finetune: rate(stages.finetune) },
    files: await filesIn(folder.path),
  };
}

export type RunReport = Awaited<ReturnType<typeof runReport>>;

async function sizesBySpace(folder: RunFolder, { record }: OpenedRun): Promise<Record<string, number[]> | null> {
  const stored = await folder.runs.readFile(record.id, PLAN_FILE);
  if (stored === null) return null;
  const partitions = decodePlan(stored.bytes, groupingSpec(record.config, record.classes.length));
  return Object.fromEntries([...partitions].map(([space, partition]) => [space, groupSizes(partition)]));
}

function namedGroups({ record }: OpenedRun, classGroups: readonly number[]): { group: number; classes: string[] }[] {
  const groups = [...new Set(classGroups)].sort((a, b) => a - b);
  return groups.map((group) => ({ group, classes: record.classes.filter((_, label) => classGroups[label] === group) }));
}

function savings({ unsplit, split }: NonNullable<OpenedRun["split"]>["tree"]) {
  return { parameters: 1 - split.parameters / unsplit.parameters, flops: 1 - split.flops / unsplit.flops };
}

/** Shares of images classified right: last validation of the stage, and the test images. */
function accuracyOf({ curves, evaluation }: OpenedRun, stage: TrainingStage) {
  const report: EvaluationReport | null = (stage === "group" ? evaluation?.unsplit : evaluation?.split) ?? null;
  return {
    validation: curves[stage].validations.top1.at(-1) ?? null,
    test: report === null ? null : report.top1,
    testTop5: report === null ? null : report.top5,
    testLoss: report === null ? null : report.loss,
    secondsPerImage: report === null ? null : report.secondsPerImage,
  };
}

function rate(work: { readonly images: number; readonly stepSeconds: number } | undefined): number | null {
  return work === undefined || work.stepSeconds === 0 ? null : work.images / work.stepSeconds;
}

/** Paths from the folder on, without the storage's hashes and previous copies. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(?:sha256|prev|tmp|part)$/.test(entry.name))
    .map((entry) => `${entry.parentPath.slice(path.length + 1).replaceAll("\\", "/")}/${entry.name}`.replace(/^\//, ""))
    .sort();
}

/** The report for people. */
export function reportText(report: RunReport): string {
  const { run, data, config, groups, classGroups, agreement, sizes, savings: saved, accuracy, adapter } = report;
  const share = (value: number | null) => (value === null ? "-" : formatShare(value));
  const lines = [`run ${run.id} in ${run.folder}: ${run.phase}, ${config.preset} ${config.grouping} on ${data.source}`];
  for (const { group, classes } of classGroups ?? []) lines.push(`class group ${group + 1}: ${classes.join(", ")}`);
  if (agreement !== null) lines.push(`agreement with the superclasses (adjusted Rand index): ${agreement.toFixed(3)}`);
  if (groups !== null) {
    lines.push(
      `group sizes: ${Object.entries(groups)
        .map(([space, counts]) => `${space} ${counts.join("+")}`)
        .join(", ")}`,
    );
  }
  if (sizes !== null && saved !== null) {
    lines.push(
      `parameters: ${formatCount(sizes.unsplit.parameters)} to ${formatCount(sizes.split.parameters)} (${share(saved.parameters)} less)`,
      `FLOPs an image: ${formatCount(sizes.unsplit.flops)} to ${formatCount(sizes.split.flops)} (${share(saved.flops)} less)`,
    );
  }
  const row = (name: "unsplit" | "split") => [
    name,
    share(accuracy[name].validation),
    share(accuracy[name].test),
    share(accuracy[name].testTop5),
  ];
  lines.push(formatTable([["network", "validation", "test", "top-5"], row("unsplit"), row("split")]));
  const spent = Object.entries(report.seconds).map(([stage, seconds]) => `${stage} ${formatDuration(seconds)}`);
  lines.push(`time: ${spent.join(", ") || "none"}${adapter === null ? "" : ` on ${adapter.description} (${adapter.kind})`}`);
  const speed = Object.entries(report.imagesPerSecond).flatMap(([stage, images]) =>
    images === null ? [] : [`${stage} ${images.toFixed(1)}`],
  );
  if (speed.length > 0) lines.push(`images a second: ${speed.join(", ")}`);
  lines.push("files:", ...report.files.map((file) => `  ${file}`));
  return lines.join("\n");
}
