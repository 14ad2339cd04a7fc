import type { Metric, Resume, RunRecord, StepMetric, TrainingStage } from "../model/run";

/** Resumes kept in a record: far more than a run has, and few enough to be read at once. */
const MOST_RESUMES = 100;

/** The resumes of a run with one more, which took these metrics back. */
export function withResume(
  { resumes }: RunRecord,
  resume: Pick<Resume, "stage" | "step" | "time">,
  superseded: readonly Metric[],
): readonly Resume[] {
  return [...resumes, { ...resume, retaken: superseded.filter(isStep).length }].slice(-MOST_RESUMES);
}

const COMPARED = [
  "learningRate",
  "accuracy",
  "crossEntropy",
  "l2",
  "overlap",
  "weightSplit",
  "uniform",
  "total",
] as const satisfies (keyof StepMetric)[];

/** Steps that a stage takes again: on the same device and kernels they come out as the first time, to the bit. */
export class RetakenSteps {
  readonly #stage: TrainingStage;
  readonly #before = new Map<number, StepMetric>();

  constructor(stage: TrainingStage) {
    this.#stage = stage;
  }

  /** Expects what a rewind took back to come again. */
  expect(superseded: readonly Metric[]): void {
    for (const metric of superseded) if (isStep(metric) && metric.stage === this.#stage) this.#before.set(metric.step, metric);
  }

  /** The first of these steps that came out otherwise, null where none did; after one, nothing is expected any more. */
  differing(metrics: readonly Metric[]): number | null {
    for (const metric of metrics) {
      if (!isStep(metric)) continue;
      const before = this.#before.get(metric.step);
      this.#before.delete(metric.step);
      if (before === undefined || COMPARED.every((term) => before[term] === metric[term])) continue;
      this.#before.clear();
      return metric.step;
    }
    return null;
  }
}

function isStep(metric: Metric): metric is StepMetric {
  return metric.kind === "step";
}
