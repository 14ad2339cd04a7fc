import type { Cost } from "./cost";
import type { TrainingStage } from "./run";

/** What a run came to, as far as it is recorded: all that a table of runs needs, without the run's curves. */
export interface RunSummary {
  readonly runId: string;
  /** `progressOf` the record that it is of. */
  readonly progress: string;
  /** Its best validation, of either stage: the earlier of equal ones, never the last for being last. */
  readonly best: { readonly stage: TrainingStage; readonly step: number; readonly top1: number } | null;
  /** Top-1 on the test images in the run's evaluation, 0..1, before and after the split. */
  readonly unsplit: number | null;
  readonly split: number | null;
  /** Counted by the published rule; `split` is null before the split. */
  readonly cost: { readonly unsplit: Cost; readonly split: Cost | null };
  /** `classGroups[class]` is its group; null before the split, and where classes are not grouped. */
  readonly classGroups: readonly number[] | null;
}
