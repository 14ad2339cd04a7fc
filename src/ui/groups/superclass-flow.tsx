import { useMemo } from "react";
import type { RunRecord } from "../../model/run";
import type { ClassGroups } from "../../state/assignment";
import { LitButton } from "../kit/lit";
import { groupColour } from "../kit/palette";
import { Scroll } from "../kit/scroll";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { type ClassFlow, FlowDiagram } from "./flow-diagram";

interface Props {
  readonly record: RunRecord;
  readonly groups: ClassGroups;
}

/** Which superclasses ended up in which groups: bands from one to the other, and the counts as a table. */
export function SuperclassFlow({ record, groups }: Props) {
  const { classes, superclasses, superclassOf } = record;
  const flows = useMemo(() => superclassFlows(record, groups), [record, groups]);
  const indices = [...Array(groups.groups).keys()];
  const whole = superclasses.filter((_, index) => flows.filter(({ from }) => from === index).length === 1).length;
  const label = text.groups.superclassFlow(whole, superclasses.length);
  return (
    <div className="superclass-flow">
      <h3>{text.groups.superclasses}</h3>
      <p className="hint">{label}</p>
      <FlowDiagram
        left={superclasses}
        right={indices.map((group) => (
          <LitButton key={group} lit={{ kind: "group", groups: groups.groups, group }} groups={groups}>
            <span className="dot" style={{ background: groupColour(group) }} />
            {text.groups.group(group)}
          </LitButton>
        ))}
        flows={flows}
        groups={groups}
        label={label}
        title={text.groups.superclasses}
        fileName="superclasses"
      />
      <Disclosure name="superclass-table" summary={text.groups.superclassTable}>
        <Scroll label={text.groups.superclassTable}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{text.groups.superclass}</th>
                {indices.map((group) => (
                  <th key={group} scope="col" className="number">
                    {text.groups.group(group)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {superclasses.map((name, index) => (
                <tr key={name}>
                  <th scope="row" title={classes.filter((_, label) => superclassOf[label] === index).join(", ")}>
                    {name}
                  </th>
                  {indices.map((group) => (
                    <td key={group} className="number">
                      {flows.find(({ from, to }) => from === index && to === group)?.size ?? 0}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Disclosure>
    </div>
  );
}

/** Classes by superclass and group; pairs without any are left out. */
export function superclassFlows(
  { classes, superclasses, superclassOf }: RunRecord,
  { groups, groupOf }: ClassGroups,
): ClassFlow[] {
  return superclasses.flatMap((name, from) =>
    Array.from({ length: groups }, (_, to): ClassFlow => {
      const own = groupOf.flatMap((group, label) => (group === to && superclassOf[label] === from ? [label] : []));
      const title = text.groups.flow(
        name,
        to,
        own.map((label) => classes[label] ?? ""),
      );
      return { from, to, size: own.length, classes: own, colour: groupColour(to), title };
    }).filter(({ size }) => size > 0),
  );
}
