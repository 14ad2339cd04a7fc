import { ShapeError } from "../base/errors";
import { type NamedTensors, sizeOf } from "../base/tensor";

/** A dense float64 tensor, row-major: what the oracles compute on. */
export interface Tensor64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Float64 tensors by parameter or statistic name. */
export type Tensors64 = ReadonlyMap<string, Tensor64>;

/** A tensor of zeros, or of given row-major values. */
export function tensor64(shape: readonly number[], values?: ArrayLike<number>): Tensor64 {
  const data = values === undefined ? new Float64Array(sizeOf(shape)) : Float64Array.from(values);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `shape [${shape.join(", ")}] needs ${sizeOf(shape)} values, got ${data.length}`,
      "Check the shape of the input.",
    );
  }
  return { shape, data };
}

/** Float32 tensors widened to float64. */
export function widen(tensors: NamedTensors): Tensors64 {
  return new Map([...tensors].map(([name, tensor]) => [name, tensor64(tensor.shape, tensor.data)]));
}

/** The tensor of that name, or an error that names it. */
export function tensor64Named(tensors: Tensors64, name: string): Tensor64 {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new ShapeError(`no tensor named ${name}`, "The tensors belong to another network.");
  return tensor;
}

/** Euclidean norm of all elements. */
export function normOf(tensor: Tensor64): number {
  let sum = 0;
  for (const value of tensor.data) sum += value * value;
  return Math.sqrt(sum);
}

/** Elementwise sum of two tensors of one shape. */
export function addTensors(left: Tensor64, right: Tensor64): Tensor64 {
  if (left.shape.join() !== right.shape.join()) {
    throw new ShapeError(
      `cannot add [${left.shape.join(", ")}] and [${right.shape.join(", ")}]`,
      "Check the shapes of the inputs.",
    );
  }
  return { shape: left.shape, data: left.data.map((value, index) => value + right.data[index]!) };
}

/** Channels start .. start+count-1 of the last axis. */
export function sliceChannels(x: Tensor64, start: number, count: number): Tensor64 {
  const channels = x.shape.at(-1)!;
  const rows = x.data.length / channels;
  const y = tensor64([...x.shape.slice(0, -1), count]);
  for (let row = 0; row < rows; row++) {
    y.data.set(x.data.subarray(row * channels + start, row * channels + start + count), row * count);
  }
  return y;
}

/** Tensors that differ in their last axis only, one after the other along it. */
export function concatChannels(parts: readonly Tensor64[]): Tensor64 {
  const first = parts[0];
  if (first === undefined) throw new ShapeError("nothing to concatenate", "Give at least one tensor.");
  const channels = parts.reduce((sum, part) => sum + part.shape.at(-1)!, 0);
  const rows = sizeOf(first.shape.slice(0, -1));
  const y = tensor64([...first.shape.slice(0, -1), channels]);
  let start = 0;
  for (const part of parts) {
    const width = part.shape.at(-1)!;
    for (let row = 0; row < rows; row++) y.data.set(part.data.subarray(row * width, (row + 1) * width), row * channels + start);
    start += width;
  }
  return y;
}
