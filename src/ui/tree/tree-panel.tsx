import { useMemo } from "react";
import { classGroupsOf } from "../../state/assignment";
import { savings } from "../../state/notices";
import { Select } from "../kit/controls";
import { LitNote } from "../kit/lit";
import { PictureButtons } from "../kit/picture-buttons";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { useChoice } from "../kit/view";
import { text } from "../text";
import { LeafList } from "./leaf-list";
import { TreeDiagram } from "./tree-diagram";
import type { Measure } from "./tree-layout";
import { BranchTable, LevelTable } from "./tree-tables";

const MEASURES: readonly [Measure, Measure] = ["parameters", "flops"];

/** The split network as a tree, drawn and told. */
export function TreePanel() {
  const split = useSelected((state) => state.facts.open?.split ?? null);
  const record = useSelected((state) => state.facts.open?.record ?? null);
  const evaluation = useSelected((state) => state.facts.open?.evaluation ?? null);
  const groups = useMemo(() => split && classGroupsOf({ split, assignments: null }), [split]);
  const [measure, setMeasure] = useChoice("tree", MEASURES);
  if (split === null || record === null) {
    return (
      <Section title={text.tree.title} name="tree">
        <Empty>{text.tree.none}</Empty>
      </Section>
    );
  }
  const { tree } = split;
  const { savedParameters, savedFlops } = savings(tree);
  const { cost: trunk } = tree.root;
  const aside = (
    <Select
      inline
      label={text.tree.measure}
      value={measure}
      options={MEASURES.map((value) => ({ value, name: text.tree[value] }))}
      onChange={setMeasure}
    />
  );
  return (
    <Section title={text.tree.title} name="tree" aside={aside}>
      <p className="headline">{text.tree.saved(savedParameters, savedFlops)}</p>
      <p className="hint">{text.tree.trunk(trunk.parameters / tree.split.parameters, trunk.flops / tree.split.flops)}</p>
      <LitNote />
      <div data-picture>
        <div className="tree-and-leaves">
          <TreeDiagram tree={tree} measure={measure} groups={groups} />
          <LeafList tree={tree} record={record} evaluation={evaluation} groups={groups} />
        </div>
        <PictureButtons
          title={text.tree.title}
          fileName="tree"
          caption={[`${text.tree.saved(savedParameters, savedFlops)}.`, text.tree.pictured(measure), text.tree.rule]}
        />
      </div>
      <BranchTable tree={tree} record={record} evaluation={evaluation} groups={groups} />
      <LevelTable tree={tree} record={record} />
      <p className="hint">{text.tree.rule}</p>
    </Section>
  );
}
