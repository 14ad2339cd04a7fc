import { ShapeError } from "../base/errors";
import { filled, type HostTensor, hostTensor, type NamedTensors, sizeOf, tensorNamed } from "../base/tensor";
import {
  assignmentParameters,
  layerParameters,
  type ParameterRole,
  type ParameterSpec,
  statisticNames,
} from "../model/parameters";
import type { BatchNormLayer, ModelSpec, WeightedLayer } from "../model/spec";
import { blocksOf, type ChannelLayout, channelLayouts } from "./channel-layout";

/** How a tensor [taps, rows, columns] lies in a flat buffer: element (t, i, j) at offset + (t paddedRows + rows[i]) paddedColumns + columns[j]. */
interface Placement {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly taps: number;
  readonly rows: readonly number[];
  readonly paddedRows: number;
  readonly columns: readonly number[];
  readonly paddedColumns: number;
}

/** A stretch of the flat buffers that is trained alike: a kernel of a block, or a vector of a layer. */
export interface Segment {
  readonly layer: string;
  readonly role: ParameterRole;
  /** Block of a kernel or weights, else 0. */
  readonly block: number;
  /** In floats: a multiple of 64, so that it can be bound. */
  readonly offset: number;
  /** In floats, padding included. */
  readonly count: number;
  readonly taps: number;
  readonly paddedRows: number;
  readonly paddedColumns: number;
}

/** Everything of a network that is kept between steps, as flat buffers of float32. */
export interface NetworkLayout {
  readonly spec: ModelSpec;
  readonly channels: ReadonlyMap<string, ChannelLayout>;
  /** Of parameters, gradients and momentum alike. */
  readonly parameters: FlatLayout;
  /** Of running means and variances. */
  readonly statistics: FlatLayout;
  readonly segments: readonly Segment[];
}

export interface FlatLayout {
  readonly floats: number;
  readonly placements: readonly Placement[];
}

const ALIGNMENT_FLOATS = 64;

export function networkLayout(spec: ModelSpec): NetworkLayout {
  const channels = channelLayouts(spec);
  const builder = new Builder(spec, channels);
  return { spec, channels, ...builder.build() };
}

/** The segment of a layer's role (and block). */
export function segmentOf({ segments }: Pick<NetworkLayout, "segments">, layer: string, role: ParameterRole, block = 0): Segment {
  const found = segments.find((segment) => segment.layer === layer && segment.role === role && segment.block === block);
  if (found === undefined) throw new ShapeError(`${layer} has no ${role}`, "The network's description is inconsistent.");
  return found;
}

/** Named tensors as one flat buffer; padding and gaps are zero. */
export function pack({ floats, placements }: FlatLayout, tensors: NamedTensors): Float32Array {
  const flat = new Float32Array(floats);
  for (const placement of placements) {
    const { shape, data } = tensorNamed(tensors, placement.name);
    if (shape.join() !== placement.shape.join()) {
      throw new ShapeError(
        `${placement.name} is [${shape.join(", ")}], this network needs [${placement.shape.join(", ")}]`,
        "The checkpoint belongs to another network: choose the run it came from.",
      );
    }
    forEachElement(placement, (element, at) => {
      flat[at] = data[element]!;
    });
  }
  return flat;
}

/** The inverse of `pack`. */
export function unpack({ placements }: FlatLayout, flat: Float32Array): NamedTensors {
  return new Map(
    placements.map((placement): [string, HostTensor] => {
      const { data } = filled(placement.shape, 0);
      forEachElement(placement, (element, at) => {
        data[element] = flat[at]!;
      });
      return [placement.name, hostTensor(placement.shape, data)];
    }),
  );
}

function forEachElement(placement: Placement, visit: (element: number, at: number) => void): void {
  const { offset, taps, rows, paddedRows, columns, paddedColumns } = placement;
  let element = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (const row of rows) {
      const start = offset + (tap * paddedRows + row) * paddedColumns;
      for (const column of columns) visit(element++, start + column);
    }
  }
}

class Builder {
  readonly #spec: ModelSpec;
  readonly #channels: ReadonlyMap<string, ChannelLayout>;
  readonly #parameters: Placement[] = [];
  readonly #statistics: Placement[] = [];
  readonly #segments: Segment[] = [];
  #floats = 0;
  #statisticFloats = 0;

  constructor(spec: ModelSpec, channels: ReadonlyMap<string, ChannelLayout>) {
    this.#spec = spec;
    this.#channels = channels;
  }

  build() {
    const parameters = layerParameters(this.#spec);
    for (const layer of this.#spec.layers) {
      const own = parameters.filter((parameter) => parameter.layer === layer.name);
      if (layer.kind === "conv" || layer.kind === "dense") this.#addWeighted(layer, own);
      else if (layer.kind === "batchNorm") this.#addBatchNorm(layer, own);
    }
    for (const parameter of assignmentParameters(this.#spec)) this.#addLogits(parameter);
    return {
      parameters: { floats: this.#floats, placements: this.#parameters },
      statistics: { floats: this.#statisticFloats, placements: this.#statistics },
      segments: this.#segments,
    };
  }

  /** Kernels block by block; the blocks' biases share one vector in the order of the output channels. */
  #addWeighted(layer: WeightedLayer, parameters: readonly ParameterSpec[]): void {
    const { inputs, outputs } = blocksOf(this.#spec, layer);
    const [inputLayout, outputLayout] = [this.#channels.get(layer.inputSpace)!, this.#channels.get(layer.outputSpace)!];
    let [inputStart, outputStart] = [0, 0];
    const spans = inputs.map((count, block) => {
      const span = { rows: spanOf(inputLayout, inputStart, count), columns: spanOf(outputLayout, outputStart, outputs[block]!) };
      inputStart += count;
      outputStart += outputs[block]!;
      return span;
    });
    for (const parameter of parameters) {
      if (parameter.role === "biases") continue;
      const { rows, columns } = spans[parameter.block ?? 0]!;
      this.#place(parameter, { rows: rows.local, paddedRows: rows.size, columns: columns.local, paddedColumns: columns.size });
    }
    const biases = parameters.filter((parameter) => parameter.role === "biases");
    if (biases.length === 0) return;
    const offset = this.#reserve(layer.name, "biases", 0, 1, 1, outputLayout.size);
    for (const { name, shape, block } of biases) {
      const { columns } = spans[block ?? 0]!;
      const vector = { taps: 1, rows: [0], paddedRows: 1, columns: columns.local, paddedColumns: columns.size };
      this.#parameters.push({ name, shape, offset: offset + columns.start, ...vector });
    }
  }

  #addBatchNorm(layer: BatchNormLayer, parameters: readonly ParameterSpec[]): void {
    const { positions, size } = this.#channels.get(layer.space)!;
    const vector = { rows: [0], paddedRows: 1, columns: positions, paddedColumns: size };
    for (const parameter of parameters) this.#place(parameter, vector);
    for (const name of Object.values(statisticNames(layer))) {
      const offset = this.#statisticFloats;
      this.#statistics.push({ name, shape: [positions.length], offset, taps: 1, ...vector });
      this.#statisticFloats = aligned(offset + size);
    }
  }

  /** Assignment logits [groups, size] are not padded: the penalties read them as they are. */
  #addLogits(parameter: ParameterSpec): void {
    const [groups, size] = parameter.shape as [number, number];
    const rows = Array.from({ length: groups }, (_, row) => row);
    const columns = Array.from({ length: size }, (_, column) => column);
    this.#place(parameter, { rows, paddedRows: groups, columns, paddedColumns: size });
  }

  #place(
    { name, shape, layer, role, block }: ParameterSpec,
    extent: Pick<Placement, "rows" | "paddedRows" | "columns" | "paddedColumns">,
  ): void {
    const taps = sizeOf(shape) / (extent.rows.length * extent.columns.length);
    const offset = this.#reserve(layer, role, block ?? 0, taps, extent.paddedRows, extent.paddedColumns);
    this.#parameters.push({ name, shape, offset, taps, ...extent });
  }

  #reserve(layer: string, role: ParameterRole, block: number, taps: number, paddedRows: number, paddedColumns: number): number {
    const offset = this.#floats;
    const count = taps * paddedRows * paddedColumns;
    this.#segments.push({ layer, role, block, offset, count, taps, paddedRows, paddedColumns });
    this.#floats = aligned(offset + count);
    return offset;
  }
}

/** Padded start and size of `count` channels from `first`, and their positions relative to the start. */
export function spanOf(layout: ChannelLayout, first: number, count: number) {
  const start = layout.boundaries.get(first)!;
  const size = layout.boundaries.get(first + count)! - start;
  return { start, size, local: layout.positions.slice(first, first + count).map((position) => position - start) };
}

function aligned(floats: number): number {
  return ALIGNMENT_FLOATS * Math.ceil(floats / ALIGNMENT_FLOATS);
}
