import type { BlockMassView, LayerView } from "../../protocol/views";
import { pixelOf } from "../../state/weights";
import type { CellImage } from "../kit/cell-canvas";
import { groupRgb, type Rgb } from "../kit/palette";

/** Off the blocks: grey, which is seen on both themes. */
const OFF_BLOCK: Rgb = [128, 128, 128];

/** Blocks in the colour of their group, grey between groups; opacity is the root of the share of the strongest block's squares. */
export function blockImage({ groups, mass }: BlockMassView): CellImage {
  const most = Math.max(...mass);
  return painted(groups, groups, (row, column) => ({
    colour: row === column ? groupRgb(row) : OFF_BLOCK,
    opacity: most > 0 ? Math.sqrt(mass[row * groups + column]! / most) : 0,
  }));
}

/** Weights within a group in its colour, grey between groups; opacity is the norm over the largest norm. */
export function weightImage(picture: LayerView["picture"]): CellImage {
  const most = picture.norms.reduce((largest, norm) => Math.max(largest, norm), 0);
  return painted(picture.rows, picture.columns, (row, column) => {
    const { inputGroup, outputGroup, norm } = pixelOf(picture, row, column);
    return { colour: inputGroup === outputGroup ? groupRgb(inputGroup) : OFF_BLOCK, opacity: most > 0 ? norm / most : 0 };
  });
}

type Paint = (row: number, column: number) => { readonly colour: Rgb; readonly opacity: number };

function painted(rows: number, columns: number, paint: Paint): CellImage {
  const rgba = new Uint8ClampedArray(rows * columns * 4);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const { colour, opacity } = paint(row, column);
      rgba.set([...colour, Math.round(255 * opacity)], (row * columns + column) * 4);
    }
  }
  return { rows, columns, rgba };
}
