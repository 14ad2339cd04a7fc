import { type Cell, csv } from "../../base/csv";
import type { ComparedRun, SettingColumn } from "../../state/compared-rows";
import type { CostPoint } from "../../state/cost-points";
import type { CurveAxis } from "../../state/curve-view";
import { type Agreement, chanceOf, type PairAgreement, type SuperclassAgreement } from "../../state/group-agreement";
import type { ComparedLine } from "./compared-lines";
import type { Shown } from "./shown";

/** Rows of a part of a file: no text is as long as the curves of a long run. */
const PART = 5000;

/** A row a run, none taken together: what it came to, what it costs, and every setting in which the runs differ. */
export function* runsCsv(runs: readonly ComparedRun[], settings: readonly SettingColumn[]): Generator<string> {
  const heads = [
    ...["run", "name", "started", "phase", "bestTop1", "bestStage", "bestStep", "unsplitTop1", "splitTop1"],
    ...["unsplitParameters", "splitParameters", "unsplitFlops", "splitFlops"],
  ];
  yield csv([[...heads, ...settings.map(({ path }) => path)]]);
  yield csv(runs.map((run) => [...resultCells(run), ...settings.map(({ byRun }) => byRun.get(run.record.id))]));
}

function resultCells({ record, name, summary }: ComparedRun): readonly Cell[] {
  const { best, unsplit, split, cost } = summary;
  return [
    ...[record.id, name, new Date(record.createdAt).toISOString(), record.phase],
    ...[best?.top1, best?.stage, best?.step, unsplit, split],
    ...[cost.unsplit.parameters, cost.split?.parameters, cost.unsplit.flops, cost.split?.flops],
  ];
}

/** Every point of the lines as they are drawn, not only those of which there is a pixel; the deviation is that of a mean. */
export function* linesCsv(lines: readonly ComparedLine[], axis: CurveAxis): Generator<string> {
  yield csv([["line", axis, "value", "deviation"]]);
  for (const { name, x, y, mean } of lines) {
    for (let start = 0; start < x.length; start += PART) {
      const part = x.subarray(start, start + PART);
      yield csv(Array.from(part, (position, index) => [name, position, y[start + index], mean?.deviation[start + index]]));
    }
  }
}

/** A row a point of accuracy against cost; the table of the paper where it is a published one. */
export function* pointsCsv(points: readonly CostPoint[]): Generator<string> {
  yield csv([["network", "split", "parameters", "flops", "top1", "deviation", "runs", "publishedTable"]]);
  yield csv(
    points.map(({ name, split, cost, top1, deviation, count, published }) => [
      ...[name, split ? "split" : "unsplit", cost.parameters, cost.flops, top1, deviation],
      ...[published === null ? count : null, published],
    ]),
  );
}

/** A row for every two groupings of classes. */
export function* agreementCsv(
  withSuperclasses: readonly SuperclassAgreement<Shown>[],
  between: readonly PairAgreement<Shown>[],
): Generator<string> {
  yield csv([["first", "second", "adjustedRandIndex", "normalizedMutualInformation", "p"]]);
  yield csv(withSuperclasses.map((own) => [own.run.record.id, "superclasses", ...agreementCells(own)]));
  yield csv(between.map((own) => [own.first.record.id, own.second.record.id, ...agreementCells(own)]));
}

function agreementCells({ adjustedRand, mutualInformation, groupings }: Agreement): readonly Cell[] {
  return [adjustedRand, mutualInformation, chanceOf(groupings)];
}
