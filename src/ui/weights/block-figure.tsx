import { useMemo } from "react";
import type { BlockMassView } from "../../protocol/views";
import { offBlockShare } from "../../splitnet/block-mass";
import type { ClassGroups } from "../../state/assignment";
import type { ShareMoment } from "../../state/weights";
import { CellCanvas } from "../kit/cell-canvas";
import { percent } from "../kit/format";
import { GroupLines } from "../kit/group-lines";
import { PictureButtons } from "../kit/picture-buttons";
import { useStudio } from "../kit/studio";
import { text } from "../text";
import { blockImage } from "./pictures";
import { ShareLine } from "./share-line";

interface Props {
  readonly block: BlockMassView;
  /** How its off-block share went. */
  readonly shares: readonly ShareMoment[];
  readonly step: number;
  readonly groups: ClassGroups | null;
}

/** One layer's squares by block, inputs down and outputs across. */
export function BlockFigure({ block, shares, step, groups }: Props) {
  const { store } = useStudio();
  const { layer, groups: count, mass } = block;
  const image = useMemo(() => blockImage(block), [block]);
  const total = mass.reduce((sum, own) => sum + own, 0);
  const even = Array<number>(count).fill(1);
  const lit = (group: number) => ({ kind: "group", groups: count, group }) as const;
  return (
    <figure className="heatmap">
      <figcaption>
        <span className="strong">{text.weights.layerName(layer)}</span>
        <span className="hint">{text.weights.off(percent(offBlockShare(mass, count)))}</span>
        <PictureButtons
          title={text.weights.layerName(layer)}
          fileName={`blocks-${layer.replaceAll(/[^a-z0-9]+/gi, "-")}-step-${step}`}
          caption={[
            `${text.groups.step(step)}: ${text.weights.off(percent(offBlockShare(mass, count)))}.`,
            text.weights.inputsDown,
          ]}
        />
      </figcaption>
      <CellCanvas
        className="block-cells"
        image={image}
        label={text.weights.blocksLabel(text.weights.layerName(layer))}
        describe={(row, column) => text.weights.block(row, column, percent(total > 0 ? mass[row * count + column]! / total : 0))}
        rest={text.weights.inputsDown}
        onPoint={(cell) => store.point(cell && lit(cell.row))}
        onPick={(row) => store.keep(lit(row))}
      >
        <GroupLines rows={even} columns={even} groups={groups} />
      </CellCanvas>
      <ShareLine shares={shares} step={step} />
    </figure>
  );
}
