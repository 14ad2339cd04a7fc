import type { ErrorValue } from "../base/errors";
import type { ComparableMetric, TrainingStage } from "../model/run";
import type { RunSummary } from "../model/run-summary";

/** Runs side by side: what each came to, and the curves of those that are drawn. */

/** A run that cannot be read; `progress` is `progressOf` its record, null where that is not there. */
export interface UnreadableRun {
  readonly runId: string;
  readonly progress: string | null;
  readonly error: ErrorValue;
}

/** Of the runs asked for those that were read; of which neither is told here, was left for the next request. */
export interface SummariesView {
  readonly summaries: readonly RunSummary[];
  readonly unreadable: readonly UnreadableRun[];
}

/** A metric of a run over the steps of a stage, every recorded point; the three are of one length, steps ascend. */
export interface RunLine {
  readonly runId: string;
  /** `progressOf` the record that it is of. */
  readonly progress: string;
  readonly steps: Float64Array;
  /** Unix milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Lines of one metric. */
export interface LinesView {
  readonly stage: TrainingStage;
  readonly metric: ComparableMetric;
  readonly lines: readonly RunLine[];
  readonly unreadable: readonly UnreadableRun[];
  /** Runs whose lines the page has and keeps. */
  readonly kept: readonly string[];
}
