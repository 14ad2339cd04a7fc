import type { ErrorValue } from "../../base/errors";
import type { RunPhase } from "../../model/run";
import type { EvaluationReport } from "../../splitnet/evaluation";
import type { FoundRun } from "./found-runs";

/** A run that lies in several folders, and what became of its copies. */
export interface Overlap {
  readonly id: string;
  /** same: finished to the same numbers; differing: finished to others; further: the others had not come as far. */
  readonly kind: "same" | "differing" | "further";
  readonly taken: string;
  readonly others: readonly string[];
}

export interface Merged {
  /** Each run once, in the order in which they were found. */
  readonly runs: readonly FoundRun[];
  readonly overlaps: readonly Overlap[];
}

/**
 * One copy of each run: the one that has come furthest, the first of equals. Copies that were finished are compared; where their numbers differ the first
 * counts, and both are named.
 */
export function mergeRuns(found: readonly FoundRun[]): Merged {
  const byId = new Map<string, FoundRun[]>();
  for (const run of found) byId.set(run.id, [...(byId.get(run.id) ?? []), run]);
  const merged = [...byId.values()].map(mergeCopies);
  return { runs: merged.map(({ taken }) => taken), overlaps: merged.flatMap(({ overlaps }) => overlaps) };
}

function mergeCopies(copies: readonly FoundRun[]): { taken: FoundRun; overlaps: Overlap[] } {
  const taken = copies.reduce((best, copy) => (isFurther(copy, best) ? copy : best));
  const kinds = ["same", "differing", "further"] as const;
  const others = copies.filter((copy) => copy !== taken);
  const overlaps = kinds.flatMap((kind) => {
    const paths = others.filter((copy) => kindOf(taken, copy) === kind).map(({ path }) => path);
    return paths.length === 0 ? [] : [{ id: taken.id, kind, taken: taken.path, others: paths }];
  });
  return { taken, overlaps };
}

function kindOf(taken: FoundRun, copy: FoundRun): Overlap["kind"] {
  if (!taken.finished || !copy.finished) return "further";
  return numbersOf(taken) === numbersOf(copy) ? "same" : "differing";
}

const PHASES: readonly RunPhase[] = ["grouping", "grouped", "finetuning", "finetuned"];

function isFurther(a: FoundRun, b: FoundRun): boolean {
  const [ofA, ofB] = [progressOf(a), progressOf(b)];
  const differing = ofA.findIndex((value, index) => value !== ofB[index]);
  return (ofA[differing] ?? 0) > (ofB[differing] ?? 0);
}

/** Finished, phase and step, the most telling first. */
function progressOf({ finished, result }: FoundRun): readonly number[] {
  const { phase, checkpointStep } = result?.record ?? { phase: null, checkpointStep: 0 };
  return [finished ? 1 : 0, phase === null ? -1 : PHASES.indexOf(phase), checkpointStep];
}

/** What a finished run has come to, without times: equal for copies, and for the same run done again on the same adapter. */
function numbersOf({ result }: FoundRun): string {
  const timeless = (report: EvaluationReport | null | undefined) => report && { ...report, secondsPerImage: 0 };
  const { evaluation, classGroups, record } = result ?? {};
  return JSON.stringify([record?.datasetId, classGroups, timeless(evaluation?.unsplit), timeless(evaluation?.split)]);
}

/** Where a run of the report stands, in a word, and why where it failed. */
export function standingOf({ finished, failure, result }: FoundRun): {
  readonly state: string;
  readonly error: ErrorValue | null;
} {
  if (finished) return { state: "finished", error: null };
  if (failure !== null) return { state: "failed", error: failure };
  return { state: result === null ? "not begun" : `${result.record.phase}, step ${result.record.checkpointStep}`, error: null };
}
