import { Tabs } from "radix-ui";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair, EvaluationReport, SubsetAccuracy } from "../../splitnet/evaluation";
import { count, percent } from "../kit/format";
import { useChoice } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly evaluation: EvaluationPair;
  readonly record: RunRecord;
}

interface Kind {
  readonly key: keyof typeof text.results.by;
  readonly read: (report: EvaluationReport) => readonly SubsetAccuracy[];
  readonly name: (index: number, record: RunRecord) => string;
}

const KINDS: readonly Kind[] = [
  { key: "group", read: (report) => report.perGroup, name: (index) => text.groups.group(index) },
  { key: "superclass", read: (report) => report.perSuperclass, name: (index, record) => record.superclasses[index] ?? "" },
  { key: "class", read: (report) => report.perClass, name: (index, record) => record.classes[index] ?? "" },
];

/** Top-1 accuracy of every group, superclass and class. */
export function SubsetTables({ evaluation, record }: Props) {
  const [kind, choose] = useChoice("subsets", ["group", "superclass", "class"]);
  return (
    <Tabs.Root className="tabs" value={kind} onValueChange={choose}>
      <Tabs.List className="tab-list" aria-label={text.results.title}>
        {KINDS.map(({ key }) => (
          <Tabs.Trigger key={key} value={key} className="tab">
            {text.results.by[key]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {KINDS.map((own) => (
        <Tabs.Content key={own.key} value={own.key} className="scroll scroll-tall">
          <SubsetTable kind={own} evaluation={evaluation} record={record} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function SubsetTable({ kind, evaluation, record }: Props & { readonly kind: Kind }) {
  const split = new Map((evaluation.split === null ? [] : kind.read(evaluation.split)).map((row) => [row.index, row.top1]));
  const { columns, unsplit, split: splitName } = text.results;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          {[columns.images, unsplit, splitName].map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {kind.read(evaluation.unsplit).map(({ index, count: images, top1 }) => {
          const after = split.get(index);
          return (
            <tr key={index}>
              <th scope="row">
                {kind.name(index, record)}
                <span className="bar" style={{ width: `${100 * (after ?? top1)}%` }} />
              </th>
              <td className="number">{count(images)}</td>
              <td className="number">{percent(top1)}</td>
              <td className="number">{after === undefined ? "–" : percent(after)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
