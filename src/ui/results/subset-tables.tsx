import { Tabs } from "radix-ui";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair, EvaluationReport, SubsetAccuracy } from "../../splitnet/evaluation";
import type { ClassGroups } from "../../state/assignment";
import type { Lit } from "../../state/lighting";
import { count, percent } from "../kit/format";
import { LitButton, LitRow } from "../kit/lit";
import { useRoving } from "../kit/roving";
import { useChoice } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly evaluation: EvaluationPair;
  readonly record: RunRecord;
}

/** Groups of the classes, for what is lit. */
type WithGroups = Props & { readonly groups: ClassGroups | null };

interface Kind {
  readonly key: keyof typeof text.results.by;
  readonly read: (report: EvaluationReport) => readonly SubsetAccuracy[];
  readonly name: (index: number, record: RunRecord) => string;
  /** What a row lights; null for what cannot be lit. */
  readonly lit: (index: number, groups: ClassGroups | null) => Lit | null;
}

const KINDS: readonly Kind[] = [
  {
    key: "group",
    read: (report) => report.perGroup,
    name: (index) => text.groups.group(index),
    lit: (group, groups) => groups && { kind: "group", groups: groups.groups, group },
  },
  {
    key: "superclass",
    read: (report) => report.perSuperclass,
    name: (index, record) => record.superclasses[index] ?? "",
    lit: () => null,
  },
  {
    key: "class",
    read: (report) => report.perClass,
    name: (index, record) => record.classes[index] ?? "",
    lit: (label) => ({ kind: "class", label }),
  },
];

/** Top-1 accuracy of every group, superclass and class. */
export function SubsetTables({ evaluation, record, groups }: WithGroups) {
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
          <SubsetTable kind={own} evaluation={evaluation} record={record} groups={groups} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function SubsetTable({ kind, evaluation, record, groups }: WithGroups & { readonly kind: Kind }) {
  const split = new Map((evaluation.split === null ? [] : kind.read(evaluation.split)).map((row) => [row.index, row.top1]));
  const { columns, unsplit, split: splitName } = text.results;
  const { onKeyDown, tabIndexOf } = useRoving();
  return (
    <table className="table" onKeyDown={onKeyDown}>
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
        {kind.read(evaluation.unsplit).map(({ index, count: images, top1 }, place) => {
          const after = split.get(index);
          const name = kind.name(index, record);
          const lit = kind.lit(index, groups);
          const cells = (
            <>
              <th scope="row">
                {lit === null ? (
                  name
                ) : (
                  <LitButton lit={lit} groups={groups} tabIndex={tabIndexOf(place)}>
                    {name}
                  </LitButton>
                )}
                <span className="bar" style={{ width: `${100 * (after ?? top1)}%` }} />
              </th>
              <td className="number">{count(images)}</td>
              <td className="number">{percent(top1)}</td>
              <td className="number">{after === undefined ? "–" : percent(after)}</td>
            </>
          );
          return lit === null ? (
            <tr key={index}>{cells}</tr>
          ) : (
            <LitRow key={index} lit={lit} groups={groups}>
              {cells}
            </LitRow>
          );
        })}
      </tbody>
    </table>
  );
}
