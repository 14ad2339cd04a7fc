import { useMemo } from "react";
import type { LayerView } from "../../protocol/views";
import type { ClassGroups } from "../../state/assignment";
import { pixelOf } from "../../state/weights";
import { CellCanvas } from "../kit/cell-canvas";
import { decimal } from "../kit/format";
import { GroupLines } from "../kit/group-lines";
import { PictureButtons } from "../kit/picture-buttons";
import { useStudio } from "../kit/studio";
import { text } from "../text";
import { weightImage } from "./pictures";

interface Props {
  readonly view: LayerView;
  /** Names of the outputs, null for channels. */
  readonly outputNames: readonly string[] | null;
  readonly groups: ClassGroups | null;
}

/** Every weight of a layer as the norm over its taps, inputs down and outputs across, group by group. */
export function WeightMatrix({ view, outputNames, groups }: Props) {
  const { store } = useStudio();
  const { picture, layer } = view;
  const image = useMemo(() => weightImage(picture), [picture]);
  const { inputs, outputs, stride } = picture;
  const levels = inputs.sizes.length;
  const outputName = (member: number): string => outputNames?.[member] ?? String(member);
  const describe = (row: number, column: number): string => {
    const pixel = pixelOf(picture, row, column);
    const from = text.weights.members(pixel.inputs.map(String), pixel.inputGroup);
    const to = text.weights.members(pixel.outputs.map(outputName), pixel.outputGroup);
    return text.weights.cell(from, to, decimal(pixel.norm), stride);
  };
  const lit = (row: number) => ({ kind: "group", groups: levels, group: pixelOf(picture, row, 0).inputGroup }) as const;
  return (
    <figure className="weight-matrix">
      <CellCanvas
        className="weight-cells"
        image={image}
        label={text.weights.matrixLabel(text.weights.layerName(layer))}
        describe={describe}
        rest={text.weights.inputsDown}
        onPoint={(cell) => store.point(cell !== null && levels > 1 ? lit(cell.row) : null)}
        onPick={(row) => levels > 1 && store.keep(lit(row))}
      >
        <GroupLines rows={inputs.sizes} columns={outputs.sizes} groups={groups} />
      </CellCanvas>
      <figcaption className="hint">{text.weights.scale(inputs.order.length, outputs.order.length, stride)}</figcaption>
      <PictureButtons
        title={text.weights.layerName(layer)}
        fileName={`weights-${layer.replaceAll(/[^a-z0-9]+/gi, "-")}`}
        caption={[text.weights.inputsDown, text.weights.scale(inputs.order.length, outputs.order.length, stride)]}
      />
    </figure>
  );
}
