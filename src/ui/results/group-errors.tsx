import type { EvaluationPair } from "../../splitnet/evaluation";
import type { ClassGroups } from "../../state/assignment";
import { count, percent } from "../kit/format";
import { groupColour } from "../kit/palette";
import { Scroll } from "../kit/scroll";
import { text } from "../text";
import { errorsByGroup, type GroupErrors, totalErrors } from "./confusion";

interface Props {
  readonly evaluation: EvaluationPair;
  readonly groups: ClassGroups | null;
}

/** Mistakes that stay within the group of the truth and those that leave it, by group, before and after the split. */
export function GroupErrorsTable({ evaluation, groups }: Props) {
  if (groups === null || groups.groups < 2) return null;
  const before = errorsByGroup(evaluation.unsplit.confusion, groups);
  const after = evaluation.split === null ? null : errorsByGroup(evaluation.split.confusion, groups);
  const { results } = text;
  const networks = after === null ? [results.unsplit] : [results.unsplit, results.split];
  return (
    <div className="group-errors">
      <h3>{results.mistakes}</h3>
      <p className="hint">{results.mistakesHint}</p>
      <Scroll across label={results.mistakes}>
        <table className="table">
          <thead>
            <tr>
              <td />
              {networks.map((name) => (
                <th key={name} scope="colgroup" colSpan={2} className="number">
                  {name}
                </th>
              ))}
            </tr>
            <tr>
              <th scope="col">{results.orders.group}</th>
              {networks.flatMap((name) =>
                [results.withinGroup, results.betweenGroups].map((column) => (
                  <th key={`${name} ${column}`} scope="col" className="number">
                    {column}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {before.map((errors, group) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
              <tr key={group}>
                <th scope="row">
                  <span className="dot" style={{ background: groupColour(group) }} />
                  {text.groups.group(group)}
                </th>
                <Cells errors={errors} />
                {after !== null && <Cells errors={after[group]!} />}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{results.everyClass}</th>
              <Cells errors={totalErrors(before)} />
              {after !== null && <Cells errors={totalErrors(after)} />}
            </tr>
          </tfoot>
        </table>
      </Scroll>
    </div>
  );
}

function Cells({ errors: { images, within, between } }: { readonly errors: GroupErrors }) {
  const cell = (mistakes: number): string => `${count(mistakes)} · ${percent(images === 0 ? 0 : mistakes / images)}`;
  return (
    <>
      <td className="number">{cell(within)}</td>
      <td className="number">{cell(between)}</td>
    </>
  );
}
