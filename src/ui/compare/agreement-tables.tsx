import { useEffect, useMemo, useState } from "react";
import { type Agreement, CHANCES, chanceOf, pairAgreements, superclassAgreements } from "../../state/group-agreement";
import { type Spread, spreadOf } from "../../state/spread";
import { CsvButton } from "../kit/csv-button";
import { count } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { Scroll } from "../kit/scroll";
import { Empty } from "../kit/section";
import { text } from "../text";
import { agreementCsv } from "./compare-csv";
import type { Shown } from "./shown";

/** What is told of every two groupings, a column each. */
const MEASURES = [
  { name: text.compare.agreement.columns.adjustedRand, value: ({ adjustedRand }: Agreement) => adjustedRand },
  { name: text.compare.agreement.columns.mutualInformation, value: ({ mutualInformation }: Agreement) => mutualInformation },
] as const;

/** How far the groups of classes of the drawn runs agree with the superclasses, and with each other. */
export function AgreementTables({ shown }: { readonly shown: readonly Shown[] }) {
  const withSuperclasses = useMemo(() => superclassAgreements(shown), [shown]);
  const between = useMemo(() => pairAgreements(shown), [shown]);
  const { title, empty, hint, superclasses, pairs, pair, columns } = text.compare.agreement;
  if (withSuperclasses.length === 0 && between.length === 0) {
    return (
      <>
        <h3>{title}</h3>
        <Empty>{empty}</Empty>
      </>
    );
  }
  return (
    <>
      <h3>{title}</h3>
      <p className="hint">{hint(CHANCES.draws)}</p>
      <div className="agreements">
        {withSuperclasses.length > 0 && (
          <AgreementTable
            title={superclasses}
            first={text.compare.run}
            counts={columns.groups}
            rows={withSuperclasses.map((own) => ({
              key: own.run.record.id,
              name: `${own.run.number}: ${own.run.name}`,
              groups: own.groups,
              agreement: own,
            }))}
          />
        )}
        {between.length > 0 && (
          <AgreementTable
            title={pairs}
            first={text.compare.run}
            counts={null}
            rows={between.map((own) => ({
              key: `${own.first.record.id} ${own.second.record.id}`,
              name: pair(own.first.number, own.second.number),
              groups: null,
              agreement: own,
            }))}
          />
        )}
      </div>
      <div className="row row-end">
        <CsvButton title={title} fileName="group-agreement" csv={() => agreementCsv(withSuperclasses, between)} />
      </div>
    </>
  );
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly groups: number | null;
  readonly agreement: Agreement;
}

interface TableProps {
  readonly title: string;
  readonly first: string;
  /** Head of a column with the number of groups; null for none. */
  readonly counts: string | null;
  readonly rows: readonly Row[];
}

function AgreementTable({ title, first, counts, rows }: TableProps) {
  const heads = [
    ...(counts === null ? [] : [counts]),
    ...MEASURES.map(({ name }) => name),
    text.compare.agreement.columns.chance,
  ];
  return (
    <Scroll label={title}>
      <table className="table">
        <caption>{title}</caption>
        <NumberHead first={first} numbers={heads} />
        <tbody>
          {rows.map(({ key, name, groups, agreement }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {groups !== null && <td className="number">{count(groups)}</td>}
              {MEASURES.map((measure) => (
                <td key={measure.name} className="number">
                  {measure.value(agreement).toFixed(2)}
                </td>
              ))}
              <td className="number">
                <Chance groupings={agreement.groupings} />
              </td>
            </tr>
          ))}
        </tbody>
        {rows.length > 1 && (
          <tfoot>
            <tr>
              <th scope="row">{text.compare.agreement.mean(rows.length)}</th>
              {counts !== null && <td />}
              {MEASURES.map((measure) => (
                <td key={measure.name} className="number">
                  {spreadText(spreadOf(rows.map(({ agreement }) => measure.value(agreement))))}
                </td>
              ))}
              <td />
            </tr>
          </tfoot>
        )}
      </table>
    </Scroll>
  );
}

/** The p value, worked out once everything else is drawn: dozens of them take a second. */
function Chance({ groupings: [first, second] }: Pick<Agreement, "groupings">) {
  const [chance, setChance] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setChance(chanceOf([first, second])));
    return () => clearTimeout(timer);
  }, [first, second]);
  return chance === null ? "…" : chance.toFixed(3);
}

function spreadText(spread: Spread | null): string {
  if (spread === null) return "–";
  const { mean, deviation } = spread;
  return deviation === null ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
}
