import type { EvaluationPair, EvaluationReport } from "../../splitnet/evaluation";
import type { SplitTree } from "../../splitnet/tree";
import { decimal, percent, points, short, signed } from "../kit/format";
import { text } from "../text";

interface Row {
  readonly name: string;
  readonly unsplit: string;
  readonly split: string;
  readonly change: string;
}

interface Props {
  readonly evaluation: EvaluationPair;
  readonly tree: SplitTree | null;
}

/** The unsplit and the split network side by side. */
export function Comparison({ evaluation, tree }: Props) {
  const rows = [...accuracyRows(evaluation), ...costRows(tree)];
  return (
    <table className="table comparison">
      <thead>
        <tr>
          <td />
          {[text.results.unsplit, text.results.split, text.results.change].map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, unsplit, split, change }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{unsplit}</td>
            <td className="number">{split}</td>
            <td className="number change">{change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function accuracyRows({ unsplit, split }: EvaluationPair): Row[] {
  const { rows } = text.results;
  const row = (
    name: string,
    read: (report: EvaluationReport) => number,
    show: (value: number) => string,
    change: typeof points,
  ): Row => ({
    name,
    unsplit: show(read(unsplit)),
    split: split === null ? "–" : show(read(split)),
    change: split === null ? "" : change(read(unsplit), read(split)),
  });
  return [
    row(rows.top1, (report) => report.top1, percent, points),
    row(rows.top5, (report) => report.top5, percent, points),
    row(rows.loss, (report) => report.loss, decimal, difference),
    row(rows.time, (report) => 1000 * report.secondsPerImage, decimal, relative),
  ];
}

function costRows(tree: SplitTree | null): Row[] {
  if (tree === null) return [];
  const { rows } = text.results;
  const row = (name: string, unsplit: number, split: number): Row => ({
    name,
    unsplit: short(unsplit),
    split: short(split),
    change: relative(unsplit, split),
  });
  return [
    row(rows.parameters, tree.unsplit.parameters, tree.split.parameters),
    row(rows.flops, tree.unsplit.flops, tree.split.flops),
  ];
}

function difference(before: number, after: number): string {
  return signed(after - before, 3);
}

function relative(before: number, after: number): string {
  return before === 0 ? "" : `${signed(100 * (after / before - 1), 1)}%`;
}
