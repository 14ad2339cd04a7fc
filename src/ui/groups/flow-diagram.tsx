import { type ReactNode, useMemo } from "react";
import type { ClassGroups } from "../../state/assignment";
import { lights, litOf } from "../../state/lighting";
import { PictureButtons } from "../kit/picture-buttons";
import { useSelected } from "../kit/studio";
import { type Flow, layoutFlows, type PlacedFlow, type Stretch } from "./flow-layout";

/** Pixels a node takes at least. */
const ROW = 24;

/** A flow of classes with its colour. */
export interface ClassFlow extends Flow {
  readonly classes: readonly number[];
  readonly colour: string;
  readonly title: string;
}

interface Props {
  readonly left: readonly ReactNode[];
  readonly right: readonly ReactNode[];
  readonly flows: readonly ClassFlow[];
  readonly groups: ClassGroups | null;
  /** What is seen, in words. */
  readonly label: string;
  /** Of a picture of it, and of the file of that. */
  readonly title: string;
  readonly fileName: string;
}

/** Two columns of names with a band between them for the classes that both have; bands of what is lit stand out. */
export function FlowDiagram({ left, right, flows, groups, label, title, fileName }: Props) {
  const layout = useMemo(() => layoutFlows(left.length, right.length, flows), [left.length, right.length, flows]);
  const byPlace = new Map(flows.map((flow) => [`${flow.from} ${flow.to}`, flow]));
  return (
    <div data-picture>
      <div className="flow" style={{ height: Math.max(left.length, right.length, 2) * ROW }}>
        <Names names={left} places={layout.left} />
        <svg className="flow-bands" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={label}>
          <title>{label}</title>
          {layout.flows.map((placed) => (
            <Band
              key={`${placed.from} ${placed.to}`}
              placed={placed}
              flow={byPlace.get(`${placed.from} ${placed.to}`)!}
              groups={groups}
            />
          ))}
        </svg>
        <Names names={right} places={layout.right} />
      </div>
      <PictureButtons title={title} fileName={fileName} caption={[`${label.replace(/\.$/, "")}.`]} />
    </div>
  );
}

function Names({ names, places }: { readonly names: readonly ReactNode[]; readonly places: readonly Stretch[] }) {
  return (
    <div className="flow-names">
      {names.map((name, index) => {
        const { top, bottom } = places[index]!;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the node
          <span key={index} style={{ top: `${50 * (top + bottom)}%` }}>
            {name}
          </span>
        );
      })}
    </div>
  );
}

interface BandProps {
  readonly placed: PlacedFlow;
  readonly flow: ClassFlow;
  readonly groups: ClassGroups | null;
}

function Band({ placed: { start, end }, flow, groups }: BandProps) {
  const look = useSelected(({ lighting }) => {
    const lit = litOf(lighting);
    if (lit === null) return "";
    return flow.classes.some((label) => lights(lit, { kind: "class", label }, groups)) ? "is-strong" : "is-dim";
  });
  const [a, b, c, d] = [start.top, end.top, end.bottom, start.bottom].map((share) => 100 * share);
  return (
    <path className={look} d={`M0 ${a}C50 ${a} 50 ${b} 100 ${b}V${c}C50 ${c} 50 ${d} 0 ${d}Z`} fill={flow.colour}>
      <title>{flow.title}</title>
    </path>
  );
}
