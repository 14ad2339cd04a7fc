import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import type { RunRecord } from "../../model/run";
import type { EvaluationPair, EvaluationReport, SubsetAccuracy } from "../../splitnet/evaluation";
import type { ClassGroups } from "../../state/assignment";
import type { Lit } from "../../state/lighting";
import { count, percent, points } from "../kit/format";
import { LitButton, LitRow } from "../kit/lit";
import { useRoving } from "../kit/roving";
import { SortableHead, sortedBy, sortingOf, sortingText } from "../kit/sortable";
import { useChoice, useViewed } from "../kit/view";
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

/** Top-1 accuracy of every group, superclass and class, before and after the split. */
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

interface Row {
  readonly index: number;
  readonly name: string;
  readonly images: number;
  readonly before: number;
  /** Null before the split. */
  readonly after: number | null;
}

const COLUMNS = ["name", "images", "before", "after", "change"] as const;
type Column = (typeof COLUMNS)[number];

/** What rows are sorted by; a network that is not there sorts as if nothing had changed. */
function keyOf({ name, images, before, after }: Row, column: Column): string | number {
  const values = { name, images, before, after: after ?? before, change: (after ?? before) - before };
  return values[column];
}

function SubsetTable({ kind, evaluation, record, groups }: WithGroups & { readonly kind: Kind }) {
  const [sorted, setSorted] = useViewed("sorted");
  const sorting = sortingOf(sorted, COLUMNS);
  const split = new Map((evaluation.split === null ? [] : kind.read(evaluation.split)).map((row) => [row.index, row.top1]));
  const rows = kind.read(evaluation.unsplit).map(
    ({ index, count: images, top1 }): Row => ({
      index,
      name: kind.name(index, record),
      images,
      before: top1,
      after: split.get(index) ?? null,
    }),
  );
  const { columns, unsplit, split: splitName, change } = text.results;
  const heads: readonly [Column, string][] = [
    ["name", columns.name],
    ["images", columns.images],
    ["before", unsplit],
    ["after", splitName],
    ["change", change],
  ];
  const { onKeyDown, tabIndexOf } = useRoving();
  return (
    <table className="table">
      <thead>
        <tr>
          {heads.map(([column, name]) => (
            <SortableHead
              key={column}
              column={column}
              name={name}
              number={column !== "name"}
              sorting={sorting}
              onSort={(next) => setSorted(sortingText(next))}
            />
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {sortedBy(rows, sorting, keyOf).map((row, place) => (
          <SubsetRow key={row.index} row={row} lit={kind.lit(row.index, groups)} groups={groups} tabIndex={tabIndexOf(place)} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: Row;
  readonly lit: Lit | null;
  readonly groups: ClassGroups | null;
  readonly tabIndex: number;
}

/** A row whose name lights what it names, where that can be lit. */
function SubsetRow({ row, lit, groups, tabIndex }: RowProps) {
  if (lit === null) {
    return (
      <tr>
        <Cells row={row} name={row.name} />
      </tr>
    );
  }
  const name = (
    <LitButton lit={lit} groups={groups} tabIndex={tabIndex}>
      {row.name}
    </LitButton>
  );
  return (
    <LitRow lit={lit} groups={groups}>
      <Cells row={row} name={name} />
    </LitRow>
  );
}

function Cells({ row: { images, before, after }, name }: { readonly row: Row; readonly name: ReactNode }) {
  return (
    <>
      <th scope="row">
        {name}
        <span className="bar" style={{ width: `${100 * (after ?? before)}%` }} />
      </th>
      <td className="number">{count(images)}</td>
      <td className="number">{percent(before)}</td>
      <td className="number">{after === null ? "–" : percent(after)}</td>
      <td className="number">{after === null ? "–" : points(before, after)}</td>
    </>
  );
}
