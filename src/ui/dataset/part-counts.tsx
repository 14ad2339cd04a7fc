import { PARTS } from "../../protocol/commands";
import type { DatasetView, ExamplesView } from "../../protocol/views";
import { count } from "../kit/format";
import { Scroll } from "../kit/scroll";
import { Disclosure } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly dataset: DatasetView;
  readonly perClass: ExamplesView["perClass"];
}

/** How many images of each class are trained on, validate and test. */
export function PartCounts({ dataset: { classes, superclasses, superclassOf }, perClass }: Props) {
  const { columns, explorer } = text.dataset;
  const sum = (counts: readonly number[]): number => counts.reduce((total, own) => total + own, 0);
  return (
    <Disclosure name="parts" summary={explorer.counts}>
      <Scroll label={explorer.counts}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{columns.class}</th>
              <th scope="col">{columns.superclass}</th>
              {PARTS.map((part) => (
                <th key={part} scope="col" className="number">
                  {explorer.parts[part]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, label) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{superclasses[superclassOf[label] ?? -1] ?? ""}</td>
                {PARTS.map((part) => (
                  <td key={part} className="number">
                    {count(perClass[part][label] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {explorer.all}
              </th>
              {PARTS.map((part) => (
                <td key={part} className="number">
                  {count(sum(perClass[part]))}
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </Scroll>
    </Disclosure>
  );
}
