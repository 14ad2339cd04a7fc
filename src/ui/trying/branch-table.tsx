import type { TrialView, TriedView } from "../../protocol/views";
import type { ClassGroups } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import type { Lit } from "../../state/lighting";
import { decidingTrial, groupShares, pathToLeaf } from "../../state/trial";
import { decimal, percent } from "../kit/format";
import { LitButton, LitRow } from "../kit/lit";
import { groupColour } from "../kit/palette";
import { useRoving } from "../kit/roving";
import { Scroll } from "../kit/scroll";
import { text } from "../text";

interface Props {
  readonly run: OpenRun;
  readonly tried: TriedView;
  readonly groups: ClassGroups;
}

/** How much of the answer comes from each branch, and how strongly its channels answer, in both networks. */
export function BranchTable({ run, tried, groups }: Props) {
  const { onKeyDown, tabIndexOf } = useRoving();
  const { trying, results } = text;
  const networks: readonly (readonly [string, TrialView])[] = [
    ...(tried.split === null ? [] : ([[results.split, tried.split]] as const)),
    [results.unsplit, tried.unsplit],
  ];
  const shares = groupShares(decidingTrial(tried).probabilities, groups);
  const columns = [trying.probability, trying.activation];
  return (
    <div>
      <h3>{trying.branches}</h3>
      <p className="hint">{trying.branchesHint}</p>
      <Scroll across label={trying.branchTable}>
        <table className="table">
          <thead>
            <tr>
              <td />
              {networks.map(([name]) => (
                <th key={name} scope="colgroup" colSpan={2} className="number">
                  {name}
                </th>
              ))}
            </tr>
            <tr>
              <th scope="col">{trying.branch}</th>
              {networks.flatMap(([name]) =>
                columns.map((column) => (
                  <th key={`${name} ${column}`} scope="col" className="number">
                    {column}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody onKeyDown={onKeyDown}>
            {shares.map((share, group) => {
              const lit: Lit = { kind: "group", groups: groups.groups, group };
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: the index is the group
                <LitRow key={group} lit={lit} groups={groups}>
                  <th scope="row">
                    <span className="dot" style={{ background: groupColour(group) }} />
                    <LitButton lit={lit} groups={groups} tabIndex={tabIndexOf(group)}>
                      {branchName(run, group)}
                    </LitButton>
                    <span className="bar" style={{ width: `${100 * share}%` }} />
                  </th>
                  {networks.map(([name, trial]) => (
                    <Cells key={name} trial={trial} groups={groups} group={group} />
                  ))}
                </LitRow>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

function branchName({ split }: OpenRun, group: number): string {
  const leaf = split === null ? undefined : pathToLeaf(split.tree.root, group).at(-1);
  return leaf === undefined ? text.groups.group(group) : text.tree.leaf(leaf, group);
}

interface CellsProps {
  readonly trial: TrialView;
  readonly groups: ClassGroups;
  readonly group: number;
}

function Cells({ trial, groups, group }: CellsProps) {
  const mean = trial.groupMeans[group] ?? null;
  return (
    <>
      <td className="number">{percent(groupShares(trial.probabilities, groups)[group] ?? 0)}</td>
      <td className="number">{mean === null ? "–" : decimal(mean)}</td>
    </>
  );
}
