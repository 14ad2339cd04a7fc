import { useEffect, useMemo, useRef } from "react";
import type { TrialView, TriedView } from "../../protocol/views";
import { type ClassGroups, classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { isSameLit } from "../../state/lighting";
import { decidingTrial, firingGroup, groupShares, pathToLeaf, topClasses } from "../../state/trial";
import { percent } from "../kit/format";
import { LitButton, LitRow } from "../kit/lit";
import { NumberHead } from "../kit/number-head";
import { useRoving } from "../kit/roving";
import { useSelected } from "../kit/studio";
import { drawImages } from "../kit/thumbnails";
import { text } from "../text";
import { BranchTable } from "./branch-table";

const SHOWN = 5;

interface Props {
  readonly run: OpenRun;
  readonly tried: TriedView;
}

/** What was fed, what fires, the likeliest classes of each network, and every branch. */
export function Answer({ run, tried }: Props) {
  const groups = useMemo(() => classGroupsOf(run), [run]);
  const isGrouped = groups !== null && groups.groups > 1;
  const { unsplit, split } = tried;
  return (
    <div className="try-answer">
      <Fed tried={tried} classes={run.record.classes} />
      <Verdict run={run} tried={tried} groups={isGrouped ? groups : null} />
      <div className="try-networks">
        {split !== null && <TopClasses of="split" trial={split} run={run} tried={tried} groups={groups} />}
        <TopClasses of="unsplit" trial={unsplit} run={run} tried={tried} groups={groups} />
      </div>
      {isGrouped && <BranchTable run={run} tried={tried} groups={groups} />}
    </div>
  );
}

function Fed({ tried: { image, rgba }, classes }: { readonly tried: TriedView; readonly classes: readonly string[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => drawImages(canvas.current, { rgba, first: 0, count: 1, columns: 1 }), [rgba]);
  const { trying } = text;
  const caption = image.kind === "file" ? trying.file(image.name) : trying.test(image.index, classes[image.label] ?? "");
  return (
    <figure className="try-fed">
      <canvas ref={canvas} role="img" aria-label={trying.image(image.kind === "file" ? image.name : caption)} />
      <figcaption className="hint">{caption}</figcaption>
    </figure>
  );
}

/** The answer in two sentences. */
function Verdict({ run, tried, groups }: Props & { readonly groups: ClassGroups | null }) {
  const { probabilities } = decidingTrial(tried);
  const [best] = topClasses(probabilities, 1);
  return (
    <p>
      {best !== undefined && text.trying.likeliest(run.record.classes[best.label] ?? "", best.probability)}{" "}
      {groups !== null && <Fires run={run} probabilities={probabilities} groups={groups} />}
    </p>
  );
}

interface FiresProps {
  readonly run: OpenRun;
  readonly probabilities: Float32Array;
  readonly groups: ClassGroups;
}

function Fires({ run, probabilities, groups }: FiresProps) {
  const { group, share } = firingGroup(groupShares(probabilities, groups));
  const isLit = useSelected(({ lighting }) => isSameLit(lighting.kept, { kind: "group", groups: groups.groups, group }));
  const path = run.split === null ? [] : pathToLeaf(run.split.tree.root, group);
  const leaf = path.at(-1);
  const name = leaf === undefined ? text.groups.group(group) : text.tree.leaf(leaf, group);
  return (
    <>
      <span className="strong">{text.trying.fires(name, share, path)}</span>{" "}
      {isLit && <span className="hint">{text.trying.lit}</span>}
    </>
  );
}

interface TopProps extends Props {
  readonly of: "unsplit" | "split";
  readonly trial: TrialView;
  readonly groups: ClassGroups | null;
}

function TopClasses({ of, trial, run, tried: { image }, groups }: TopProps) {
  const { onKeyDown, tabIndexOf } = useRoving();
  const { trying, results } = text;
  return (
    <table className="table">
      <NumberHead first={trying.classOf(results[of])} numbers={[trying.probability]} />
      <tbody onKeyDown={onKeyDown}>
        {topClasses(trial.probabilities, SHOWN).map(({ label, probability }, place) => (
          <LitRow key={label} lit={{ kind: "class", label }} groups={groups}>
            <th scope="row">
              <LitButton lit={{ kind: "class", label }} groups={groups} tabIndex={tabIndexOf(place)}>
                {run.record.classes[label]}
              </LitButton>{" "}
              {image.kind === "test" && image.label === label && <span className="hint">{trying.truth}</span>}
              <span className="bar" style={{ width: `${100 * probability}%` }} />
            </th>
            <td className="number">{percent(probability)}</td>
          </LitRow>
        ))}
      </tbody>
    </table>
  );
}
