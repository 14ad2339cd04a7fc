import { type Matrix, matrix } from "../base/matrix";
import type { HostTensor } from "../base/tensor";
import { membersOf, type Partition } from "./partition";

/** Members of an axis as they are drawn: group by group. */
export interface PictureAxis {
  /** `order[place]` is the member drawn there. */
  readonly order: readonly number[];
  /** Members a group, in the order drawn. */
  readonly sizes: readonly number[];
}

/** A layer's weights as a picture, inputs down and outputs across, both ordered by group. */
export interface WeightPicture {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns]: norm of a weight over its taps; where a pixel stands for several weights, the largest of theirs. */
  readonly norms: Float32Array;
  /** Members a pixel stands for along either axis, the last pixel for fewer. */
  readonly stride: number;
  readonly inputs: PictureAxis;
  readonly outputs: PictureAxis;
}

/** Norm over the taps: [in, out] of weights [k, k, in, out] or [in, out]. */
export function tapNorms({ shape, data }: HostTensor): Matrix {
  const norms = matrix(shape.at(-2)!, shape.at(-1)!);
  data.forEach((weight, index) => {
    norms.data[index % norms.data.length]! += weight * weight;
  });
  return { ...norms, data: norms.data.map(Math.sqrt) };
}

/** Group by group, ascending within a group. */
export function pictureAxis(partition: Partition): PictureAxis {
  const members = membersOf(partition);
  return { order: members.flat(), sizes: members.map((group) => group.length) };
}

/** Orders `norms` [inputs, outputs] by group and draws them on at most `most` pixels along either axis. */
export function weightPicture(norms: Matrix, inputs: PictureAxis, outputs: PictureAxis, most: number): WeightPicture {
  const stride = Math.max(1, Math.ceil(Math.max(norms.rows, norms.columns) / most));
  const [rows, columns] = [Math.ceil(norms.rows / stride), Math.ceil(norms.columns / stride)];
  const pixels = new Float32Array(rows * columns);
  inputs.order.forEach((input, row) => {
    outputs.order.forEach((output, column) => {
      const pixel = Math.floor(row / stride) * columns + Math.floor(column / stride);
      pixels[pixel] = Math.max(pixels[pixel]!, norms.data[input * norms.columns + output]!);
    });
  });
  return { rows, columns, norms: pixels, stride, inputs, outputs };
}
