import { type ComparableMetric, progressOf, type RunRecord, type TrainingStage } from "../model/run";
import type { RunSummary } from "../model/run-summary";
import type { LinesView, RunLine, SummariesView, UnreadableRun } from "../protocol/comparison";

/** What the engine has told of runs side by side, by run. */
export interface ComparedFacts {
  readonly summaries: Readonly<Record<string, RunSummary | UnreadableRun>>;
  /** Null until lines were asked for. */
  readonly lines: LinesFact | null;
}

/** Lines of one metric. */
export interface LinesFact {
  readonly stage: TrainingStage;
  readonly metric: ComparableMetric;
  readonly byRun: Readonly<Record<string, RunLine | UnreadableRun>>;
}

export const NOTHING_COMPARED: ComparedFacts = { summaries: {}, lines: null };

export function withSummaries(facts: ComparedFacts, { summaries, unreadable }: SummariesView): ComparedFacts {
  return { ...facts, summaries: { ...facts.summaries, ...byRun([...summaries, ...unreadable]) } };
}

/** Lines of another metric, and those that the page no longer draws, are let go. */
export function withLines(facts: ComparedFacts, { stage, metric, lines, unreadable, kept }: LinesView): ComparedFacts {
  const before = facts.lines?.stage === stage && facts.lines.metric === metric ? facts.lines.byRun : {};
  const stay = Object.values(before).filter(({ runId }) => kept.includes(runId));
  return { ...facts, lines: { stage, metric, byRun: byRun([...stay, ...lines, ...unreadable]) } };
}

/** Of these runs those of which nothing is told that holds for how far they have come. */
export function lackingRuns(
  records: readonly RunRecord[],
  told: Readonly<Record<string, { readonly progress: string | null }>>,
): readonly RunRecord[] {
  return records.filter((record) => told[record.id]?.progress !== progressOf(record));
}

function byRun<Told extends { readonly runId: string }>(told: readonly Told[]): Readonly<Record<string, Told>> {
  return Object.fromEntries(told.map((one) => [one.runId, one]));
}
