import { EVALUATION_FILE, encodeEvaluation } from "../../engine/evaluation-file";
import { encodePlan, PLAN_FILE } from "../../engine/plan-file";
import { groupingSpec } from "../../model/build";
import { mergeIndices } from "../../model/grouping";
import { groupedSpaces } from "../../model/lookup";
import type { RunPhase } from "../../model/run";
import type { SweepRun } from "../../model/sweep";
import type { EvaluationReport } from "../../splitnet/evaluation";
import { exampleRecord } from "../../storage/testing";
import type { RunFolder } from "../run-folder";
import { keepPoint } from "./stored-run";

/** Results of runs as they lie in folders, made without training. */

/** Of the example record. */
const CLASSES = 4;

/** How far a run of a test has come, and to which accuracy. */
export interface TestResult {
  readonly phase: RunPhase;
  readonly step: number;
  /** Of the split network; null where it was not evaluated. */
  readonly top1: number | null;
  readonly seconds?: number;
}

export async function writeResult(folder: RunFolder, { config }: SweepRun, result: TestResult): Promise<void> {
  const { phase, step, top1, seconds = 1 } = result;
  const record = {
    ...exampleRecord("tiny-20260101-000000"),
    config,
    phase,
    checkpointStep: step,
    evaluated: top1 !== null,
  };
  await keepPoint(folder, "test", config);
  if (phase === "finetuning" || phase === "finetuned") {
    const spaces = groupedSpaces(groupingSpec(config, CLASSES));
    const partitions = new Map(spaces.map(({ name, size, groups }) => [name, { groups, groupOf: mergeIndices(size, groups) }]));
    await folder.runs.writeFile(record.id, PLAN_FILE, encodePlan(partitions));
  }
  if (top1 !== null) {
    const evaluation = { unsplit: reportOf(top1 / 2, seconds), split: reportOf(top1, seconds) };
    await folder.runs.writeFile(record.id, EVALUATION_FILE, encodeEvaluation(evaluation));
  }
  await folder.keepEffort({ adapter: null, stages: { group: { seconds, images: 1, stepSeconds: 1 } } });
  await folder.runs.put(record);
}

function reportOf(top1: number, seconds: number): EvaluationReport {
  return {
    count: 16,
    loss: 1 - top1,
    top1,
    top5: 1,
    secondsPerImage: seconds,
    predictions: [],
    truthScores: [],
    predictionScores: [],
    confusion: new Array<number>(CLASSES ** 2).fill(1),
    perClass: [],
    perGroup: [],
    perSuperclass: [],
  };
}
