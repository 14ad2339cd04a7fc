import { adjustedRandIndex, agreementTest, normalizedMutualInformation } from "../splitnet/agreement";
import type { ComparedRun } from "./compared-rows";

/** How far two groupings of the same classes agree: 1 for the same groups whatever their names. */
export interface Agreement {
  /** The two, by class. */
  readonly groupings: readonly [readonly number[], readonly number[]];
  readonly adjustedRand: number;
  readonly mutualInformation: number;
}

/** Random groupings that are looked at for a p value, always the same ones: enough for 0.001, in some 15 ms for 100 classes. */
export const CHANCES = { draws: 999, seed: 1 } as const;

/** How often random groups of the same sizes agree as well: the p value of a permutation test. */
export function chanceOf([a, b]: Agreement["groupings"]): number {
  return agreementTest(a, b, CHANCES).p;
}

/** A run's groups of classes and the superclasses of its data. */
export interface SuperclassAgreement<Run> extends Agreement {
  readonly run: Run;
  readonly groups: number;
}

/** The groups of classes of two runs. */
export interface PairAgreement<Run> extends Agreement {
  readonly first: Run;
  readonly second: Run;
}

/** Of the runs that are split; of data without superclasses, or with a class each, there is nothing to agree with. */
export function superclassAgreements<Run extends ComparedRun>(runs: readonly Run[]): readonly SuperclassAgreement<Run>[] {
  return runs.flatMap((run) => {
    const { classes, superclasses, superclassOf } = run.record;
    const groups = run.summary.classGroups;
    if (groups === null || superclasses.length < 2 || superclasses.length === classes.length) return [];
    return [{ run, groups: new Set(groups).size, ...agreementOf(groups, superclassOf) }];
  });
}

/** Of every two of the runs that are split and have the same classes. */
export function pairAgreements<Run extends ComparedRun>(runs: readonly Run[]): readonly PairAgreement<Run>[] {
  return runs.flatMap((first, index) =>
    runs.slice(index + 1).flatMap((second): PairAgreement<Run>[] => {
      const [a, b] = [first.summary.classGroups, second.summary.classGroups];
      if (a === null || b === null || !sameClasses(first, second)) return [];
      return [{ first, second, ...agreementOf(a, b) }];
    }),
  );
}

function agreementOf(a: readonly number[], b: readonly number[]): Agreement {
  return { groupings: [a, b], adjustedRand: adjustedRandIndex(a, b), mutualInformation: normalizedMutualInformation(a, b) };
}

function sameClasses(a: ComparedRun, b: ComparedRun): boolean {
  return (
    a.record.classes.length === b.record.classes.length && a.record.classes.every((name, at) => name === b.record.classes[at])
  );
}
