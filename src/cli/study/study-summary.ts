import { type PermutationResult, signFlipTest } from "../../base/permutation-test";
import { estimateMean, type MeanEstimate, pairedDifferences } from "../../base/statistics";
import type { Study } from "./study";
import type { StudyRow } from "./study-rows";

/** Agreement from which families count as found: all but a class or two of sixteen. */
export const FOUND = 0.9;

/** What the runs of one kind come to over the seeds. */
export interface KindSummary {
  readonly kind: string;
  readonly runs: number;
  readonly failed: number;
  /** Runs whose groups agree with the families by at least FOUND; null for a kind without groups. */
  readonly found: number | null;
  readonly agreement: MeanEstimate | null;
  /** Accuracy of the grouped network minus that of what it is cut into, before fine-tuning, in either order of blocks. */
  readonly lossPreActivation: MeanEstimate | null;
  readonly lossPostActivation: MeanEstimate | null;
  readonly validation: MeanEstimate | null;
  readonly unsplit: MeanEstimate | null;
  readonly split: MeanEstimate | null;
  readonly seconds: MeanEstimate | null;
}

/** The first kind of a study minus another one: accuracy after the split, seed by seed. */
export interface PairedSummary {
  readonly against: string;
  readonly difference: MeanEstimate;
  readonly test: PermutationResult;
}

export interface StudySummary {
  readonly kinds: readonly KindSummary[];
  readonly firstMinus: readonly PairedSummary[];
}

export function summarize({ kinds }: Study, rows: readonly StudyRow[]): StudySummary {
  const present = kinds.flatMap(({ name }) => (rows.some(({ kind }) => kind === name) ? [name] : []));
  const [first, ...others] = present;
  return {
    kinds: present.map((kind) => kindSummary(kind, ofKind(rows, kind))),
    firstMinus: first === undefined ? [] : others.flatMap((other) => pairedSummary(rows, first, other) ?? []),
  };
}

function kindSummary(kind: string, rows: readonly StudyRow[]): KindSummary {
  const over = (value: (row: StudyRow) => number | null): MeanEstimate | null => {
    const values = rows.flatMap((row) => value(row) ?? []);
    return values.length === 0 ? null : estimateMean(values);
  };
  return {
    kind,
    runs: rows.length,
    failed: rows.filter(({ failure }) => failure !== null).length,
    found: rows.every(({ groups }) => groups === null)
      ? null
      : rows.filter(({ agreement }) => agreement !== null && agreement >= FOUND).length,
    agreement: over(({ agreement }) => agreement),
    lossPreActivation: over(({ onTheSpot }) => onTheSpot && onTheSpot.unsplit - onTheSpot.preActivation),
    lossPostActivation: over(({ onTheSpot }) => onTheSpot && onTheSpot.unsplit - onTheSpot.postActivation),
    validation: over(({ validation }) => validation),
    unsplit: over(({ unsplit }) => unsplit),
    split: over(({ split }) => split),
    seconds: over(({ seconds }) => seconds),
  };
}

/** Over the seeds of which both ended; null where there is none. */
function pairedSummary(rows: readonly StudyRow[], first: string, against: string): PairedSummary | null {
  const pairs = ofKind(rows, first).flatMap((own) => {
    const other = ofKind(rows, against).find(({ seed }) => seed === own.seed);
    return own.split === null || other === undefined || other.split === null ? [] : [[own.split, other.split] as const];
  });
  if (pairs.length === 0) return null;
  const differences = pairedDifferences(
    pairs.map(([own]) => own),
    pairs.map(([, other]) => other),
  );
  return { against, difference: estimateMean(differences), test: signFlipTest(differences) };
}

function ofKind(rows: readonly StudyRow[], kind: string): readonly StudyRow[] {
  return rows.filter((row) => row.kind === kind);
}
