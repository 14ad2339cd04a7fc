import type { DatasetView } from "../../protocol/views";
import { count } from "../kit/format";
import { Scroll } from "../kit/scroll";
import { Disclosure } from "../kit/view";
import { text } from "../text";

interface Row {
  readonly name: string;
  readonly note: string;
  readonly train: number;
  readonly test: number;
}

/** Images per superclass and per class, as tables with a bar for the training images. */
export function ClassCounts({ dataset }: { readonly dataset: DatasetView }) {
  const { columns } = text.dataset;
  return (
    <>
      <CountTable
        name="superclasses"
        title={text.dataset.superclassTable}
        column={columns.superclass}
        rows={superclassRows(dataset)}
      />
      <CountTable name="classes" title={text.dataset.classTable} column={columns.class} rows={classRows(dataset)} />
    </>
  );
}

interface TableProps {
  readonly name: string;
  readonly title: string;
  readonly column: string;
  readonly rows: readonly Row[];
}

function CountTable({ name, title, column, rows }: TableProps) {
  const most = Math.max(1, ...rows.map((row) => row.train));
  const { columns } = text.dataset;
  return (
    <Disclosure name={name} summary={title}>
      <Scroll label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{column}</th>
              <th scope="col" className="number">
                {columns.train}
              </th>
              <th scope="col" className="number">
                {columns.test}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row" title={row.note}>
                  {row.name}
                  <span className="bar" style={{ width: `${(100 * row.train) / most}%` }} />
                </th>
                <td className="number">{count(row.train)}</td>
                <td className="number">{count(row.test)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Disclosure>
  );
}

function classRows({ classes, superclasses, superclassOf, trainPerClass, testPerClass }: DatasetView): Row[] {
  return classes.map((name, label) => ({
    name,
    note: superclasses[superclassOf[label] ?? -1] ?? "",
    train: trainPerClass[label] ?? 0,
    test: testPerClass[label] ?? 0,
  }));
}

function superclassRows({ classes, superclasses, superclassOf, trainPerClass, testPerClass }: DatasetView): Row[] {
  return superclasses.map((name, superclass) => {
    const labels = classes.flatMap((_, label) => (superclassOf[label] === superclass ? [label] : []));
    const sum = (counts: readonly number[]): number => labels.reduce((total, label) => total + (counts[label] ?? 0), 0);
    return {
      name,
      note: labels.map((label) => classes[label]).join(", "),
      train: sum(trainPerClass),
      test: sum(testPerClass),
    };
  });
}
