import { ShapeError } from "./errors";

/** A dense float32 tensor in host memory, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by parameter name, in the order of the network. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** Number of elements of a shape; the empty shape has one. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Checks that data and shape agree. */
export function hostTensor(shape: readonly number[], data: Float32Array): HostTensor {
  requireSize(shape, data.length);
  return { shape, data };
}

/** Throws ShapeError unless the shape has that many elements. */
export function requireSize(shape: readonly number[], count: number): void {
  if (sizeOf(shape) === count) return;
  throw new ShapeError(
    `shape [${shape.join(", ")}] needs ${sizeOf(shape)} values, got ${count}`,
    "The file or message is damaged: read it again.",
  );
}

/** A tensor filled with one value. */
export function filled(shape: readonly number[], value: number): HostTensor {
  return { shape, data: new Float32Array(sizeOf(shape)).fill(value) };
}

/** The tensor of that name, or an error that names it. */
export function tensorNamed(tensors: NamedTensors, name: string): HostTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    throw new ShapeError(`no tensor named ${name}`, "The checkpoint belongs to another network: choose the run it came from.");
  }
  return tensor;
}

/** Some columns of a table [rows, columns], in the order in which they are picked. */
export function columnsOf({ shape, data }: HostTensor, picked: readonly number[]): HostTensor {
  const [rows = 0, columns = 0] = shape;
  const missing = picked.find((column) => !(column < columns));
  if (missing !== undefined)
    throw new ShapeError(`a table of ${columns} columns has no column ${missing}`, "Choose among the columns that there are.");
  const values = new Float32Array(rows * picked.length);
  for (let row = 0; row < rows; row++) {
    for (const [place, column] of picked.entries()) values[row * picked.length + place] = data[row * columns + column]!;
  }
  return { shape: [rows, picked.length], data: values };
}
