import { useMemo } from "react";
import { offBlockShare } from "../../splitnet/block-mass";
import { type ClassGroups, classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { blocksUpTo, sharesOf } from "../../state/weights";
import { percent } from "../kit/format";
import { useThrottled } from "../kit/hooks";
import { MomentSlider, useMoment } from "../kit/moment-slider";
import { NumberHead } from "../kit/number-head";
import { Scroll } from "../kit/scroll";
import { Empty, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { BlockFigure } from "./block-figure";
import { LayerReader } from "./layer-reader";

/** Tables are redrawn this often at most. */
const REDRAW_MILLISECONDS = 700;

/** How the weights leave what lies between the groups: block by block over stage 1, and one layer in full. */
export function WeightsPanel() {
  const live = useSelected(({ facts }) => facts.open);
  const run = useThrottled(live, REDRAW_MILLISECONDS, (run) => run?.record.id);
  if (run === null || run.assignments === null) {
    return (
      <Section title={text.weights.title} name="weights">
        <Empty>{text.weights.none}</Empty>
      </Section>
    );
  }
  return <WeightsView run={run} latestStep={run.assignments.step} />;
}

function WeightsView({ run, latestStep }: { readonly run: OpenRun; readonly latestStep: number }) {
  const past = useMoment(run);
  const { split, assignments } = run;
  const groups = useMemo(() => classGroupsOf({ split, assignments }), [split, assignments]);
  const found = blocksUpTo(run.history, past?.step ?? latestStep);
  return (
    <Section
      title={text.weights.title}
      name="weights"
      aside={found !== null && <span className="hint">{text.groups.step(found.step)}</span>}
    >
      <MomentSlider run={run} />
      {found === null ? <p className="hint">{text.weights.noBlocks}</p> : <Blocks run={run} found={found} groups={groups} />}
      <LayerReader key={run.record.id} record={run.record} view={run.layer} groups={groups} />
    </Section>
  );
}

interface BlocksProps {
  readonly run: OpenRun;
  readonly found: NonNullable<ReturnType<typeof blocksUpTo>>;
  readonly groups: ClassGroups | null;
}

function Blocks({ run: { history }, found: { step, blocks }, groups }: BlocksProps) {
  const shares = useMemo(
    () => new Map(history.at(-1)?.blocks?.map(({ layer }) => [layer, sharesOf(history, layer)]) ?? []),
    [history],
  );
  const { columns } = text.weights;
  return (
    <>
      <div className="block-figures">
        {blocks.map((block) => (
          <BlockFigure key={block.layer} block={block} shares={shares.get(block.layer) ?? []} step={step} groups={groups} />
        ))}
      </div>
      <p className="hint">{text.weights.legend}</p>
      <Disclosure name="weight-shares" summary={text.weights.table}>
        <Scroll label={text.weights.table}>
          <table className="table">
            <NumberHead first={columns.layer} numbers={[columns.first, columns.shown, columns.last]} />
            <tbody>
              {blocks.map(({ layer, mass, groups: count }) => {
                const own = shares.get(layer);
                return (
                  <tr key={layer}>
                    <th scope="row">{text.weights.layerName(layer)}</th>
                    {[own?.[0]?.share, offBlockShare(mass, count), own?.at(-1)?.share].map((share, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the index is the column
                      <td key={index} className="number">
                        {share === undefined ? "–" : percent(share)}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </Disclosure>
    </>
  );
}
