import { useEffect, useMemo } from "react";
import { type ComparableMetric, progressOf, type RunRecord, type TrainingStage } from "../../model/run";
import type { UnreadableRun } from "../../protocol/comparison";
import { lackingRuns } from "../../state/compared-facts";
import type { ComparedRun } from "../../state/compared-rows";
import { runName } from "../kit/run-name";
import { useSelected, useStudio } from "../kit/studio";
import type { Shown, ShownLine } from "./shown";

export interface Summarized {
  /** Those that are read, in the order of the records. */
  readonly runs: readonly ComparedRun[];
  readonly unreadable: readonly UnreadableRun[];
  /** How many are still to be read. */
  readonly left: number;
}

/** What the runs came to. It is asked for until all is told, and anew of a run that has come further. */
export function useSummaries(records: readonly RunRecord[]): Summarized {
  const { send } = useStudio();
  const told = useSelected((state) => state.facts.compared.summaries);
  const descriptions = useSelected((state) => state.facts.descriptions);
  const lacking = useMemo(() => lackingRuns(records, told), [records, told]);
  const request = requestFor(lacking);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request is told by what it is made of
  useEffect(() => {
    if (lacking.length > 0) send({ kind: "summarizeRuns", runIds: lacking.map(({ id }) => id) });
  }, [send, request]);
  return useMemo(() => {
    const runs = records.flatMap((record): ComparedRun[] => {
      const summary = told[record.id];
      if (summary === undefined || "error" in summary) return [];
      return [{ record, summary, name: runName(record, descriptions[record.id]) }];
    });
    const unreadable = unreadableOf(records, told);
    return { runs, unreadable, left: records.length - runs.length - unreadable.length };
  }, [records, told, descriptions]);
}

export interface DrawnLines {
  /** What the lines at hand are of: until those asked for are told, the ones before. */
  readonly stage: TrainingStage;
  readonly metric: ComparableMetric;
  readonly lines: readonly ShownLine[];
  readonly unreadable: readonly UnreadableRun[];
}

/** Curves of the runs that are drawn; only those that are not at hand are asked for. Null until the first are told. */
export function useLines(shown: readonly Shown[], stage: TrainingStage, metric: ComparableMetric): DrawnLines | null {
  const { send } = useStudio();
  const told = useSelected((state) => state.facts.compared.lines);
  const isOfThese = told?.stage === stage && told.metric === metric;
  const records = useMemo(() => shown.map(({ record }) => record), [shown]);
  const lacking = useMemo(() => lackingRuns(records, isOfThese ? told.byRun : {}), [records, told, isOfThese]);
  const request = JSON.stringify([stage, metric, requestFor(lacking)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the request is told by what it is made of
  useEffect(() => {
    if (lacking.length === 0) return;
    const runIds = lacking.map(({ id }) => id);
    const kept = records.flatMap(({ id }) => (runIds.includes(id) ? [] : [id]));
    send({ kind: "loadLines", runIds, kept, stage, metric });
  }, [send, request]);
  return useMemo(() => {
    if (told === null) return null;
    const lines = shown.flatMap((one): ShownLine[] => {
      const line = told.byRun[one.record.id];
      return line === undefined || "error" in line ? [] : [{ ...one, line }];
    });
    return { stage: told.stage, metric: told.metric, lines, unreadable: unreadableOf(records, told.byRun) };
  }, [shown, records, told]);
}

function requestFor(lacking: readonly RunRecord[]): string {
  return JSON.stringify(lacking.map((record) => [record.id, progressOf(record)]));
}

function unreadableOf(
  records: readonly RunRecord[],
  told: Readonly<Record<string, object | UnreadableRun>>,
): readonly UnreadableRun[] {
  return records.flatMap(({ id }): UnreadableRun[] => {
    const one = told[id];
    return one !== undefined && "error" in one ? [one] : [];
  });
}
