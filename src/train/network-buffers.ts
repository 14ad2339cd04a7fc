import { hashName } from "../base/random";
import type { NamedTensors } from "../base/tensor";
import type { ConvGeometry } from "../kernels/conv-geometry";
import { type BufferView, type DeviceMemory, readBack } from "../kernels/device-memory";
import type { Recorder, Temporary } from "../kernels/recorder";
import { type ConvTuning, UNTUNED } from "../kernels/tuning-choice";
import { usesWinograd } from "../kernels/winograd";
import { recordWinogradWeights, TRANSFORM_SCALE } from "../kernels/winograd-weights";
import { statisticNames } from "../model/parameters";
import { type ActivationShape, inferShapes } from "../model/shapes";
import type { BatchNormLayer, ConvLayer, DenseLayer, DropoutLayer, ModelSpec } from "../model/spec";
import type { ChannelLayout } from "./channel-layout";
import { type FlatLayout, type NetworkLayout, networkLayout, pack, segmentOf, unpack } from "./parameter-layout";
import { kernelSegments, layerGeometry } from "./tuning-geometries";

const BYTES = 4;

/** A network's parameters and statistics on the device, and where everything of it lies. */
export class NetworkBuffers {
  readonly memory: DeviceMemory;
  readonly layout: NetworkLayout;
  readonly parameters: BufferView;
  readonly statistics: BufferView;
  /** Which kernels its convolutions run. */
  readonly tuning: ConvTuning;
  readonly #shapes: ReadonlyMap<string, ActivationShape>;
  #winograd: BufferView | null = null;
  readonly #dropoutKeys = new Map<string, BufferView>();

  constructor(
    memory: DeviceMemory,
    spec: ModelSpec,
    tensors: { readonly parameters: NamedTensors; readonly statistics: NamedTensors },
    tuning: ConvTuning = UNTUNED.software,
  ) {
    this.memory = memory;
    this.tuning = tuning;
    this.layout = networkLayout(spec);
    this.#shapes = inferShapes(spec);
    this.parameters = memory.upload("parameters", pack(this.layout.parameters, tensors.parameters));
    this.statistics = memory.upload("statistics", pack(this.layout.statistics, tensors.statistics));
  }

  get spec(): ModelSpec {
    return this.layout.spec;
  }

  shapeOf(value: string): ActivationShape {
    return this.#shapes.get(value)!;
  }

  /** Layout of the channels of a value. */
  channelsOf(value: string): ChannelLayout {
    return this.layout.channels.get(this.shapeOf(value).space)!;
  }

  /** Stored values of one image of a value, padding included. */
  valuesOf(value: string): number {
    const { height, width } = this.shapeOf(value);
    return height * width * this.channelsOf(value).size;
  }

  /** What kernels over a whole value need to know of it; `label` names the layer that uses it. */
  extents(label: string, value: string, batch: number): { label: string; pixels: number; channels: number } {
    const { height, width } = this.shapeOf(value);
    return { label, pixels: batch * height * width, channels: this.channelsOf(value).size };
  }

  /** Memory for a batch of a value, or of its gradient, inside a recording. */
  temporary(recorder: Recorder, label: string, value: string, batch: number): Temporary {
    return recorder.temporary(label, recorder.activationBytes(batch * this.valuesOf(value)));
  }

  /** The stretch of a buffer laid out as `parameters` that belongs to a vector of a layer. */
  vector(buffer: BufferView, layer: string, role: "beta" | "gamma" | "biases"): BufferView {
    const { offset, count } = segmentOf(this.layout, layer, role);
    return viewOf(buffer, offset, count);
  }

  /** Running mean and variance of a layer. */
  running(layer: BatchNormLayer): { readonly runningMean: BufferView; readonly runningVariance: BufferView } {
    const names = statisticNames(layer);
    const find = (name: string): BufferView => {
      const { offset, paddedColumns } = this.layout.statistics.placements.find((placement) => placement.name === name)!;
      return viewOf(this.statistics, offset, paddedColumns);
    };
    return { runningMean: find(names.mean), runningVariance: find(names.variance) };
  }

  /** Weights of all blocks of a layer, in a buffer laid out as `parameters`. */
  weights(buffer: BufferView, layer: ConvLayer | DenseLayer): BufferView {
    const segments = kernelSegments(this.layout, layer);
    const [first, last] = [segments[0]!, segments.at(-1)!];
    return viewOf(buffer, first.offset, last.offset + last.count - first.offset);
  }

  /** Floats from the start of `parameters` to the layer's first weight. */
  weightsOffset(layer: ConvLayer | DenseLayer): number {
    return kernelSegments(this.layout, layer)[0]!.offset;
  }

  /** A convolution, or a dense layer as one of single pixels. */
  geometry(layer: ConvLayer | DenseLayer, batch: number): ConvGeometry {
    return layerGeometry(this.layout, layer, this.shapeOf(layer.input), batch);
  }

  /** The uniform that tells a dropout layer's random numbers from other layers'. */
  dropoutKey(layer: DropoutLayer): BufferView {
    const found = this.#dropoutKeys.get(layer.name);
    if (found !== undefined) return found;
    const words = Uint32Array.from([hashName(layer.name), 0, 0, 0]);
    const key = this.memory.upload(`key of ${layer.name}`, words, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    this.#dropoutKeys.set(layer.name, key);
    return key;
  }

  /** The layer's filters as Winograd's algorithm multiplies by them, null where the layer runs another one. */
  winogradWeights(layer: ConvLayer, geometry: ConvGeometry): BufferView | null {
    if (!usesWinograd(this.tuning, geometry, this.memory.device.limits.maxStorageBufferBindingSize)) return null;
    const { offset, bytes } = this.weights(this.parameters, layer);
    const { buffer } = this.#winogradBuffer();
    return { buffer, offset: TRANSFORM_SCALE * offset, bytes: TRANSFORM_SCALE * bytes };
  }

  /** Transforms the filters of every layer that runs Winograd's algorithm: once a pass, in front of its convolutions. */
  recordWinogradWeights(recorder: Recorder, batch: number): void {
    const layers = this.spec.layers.filter((layer) => layer.kind === "conv");
    const segments = layers
      .filter((layer) => this.winogradWeights(layer, this.geometry(layer, batch)) !== null)
      .flatMap((layer) => kernelSegments(this.layout, layer))
      .map(({ offset, taps, paddedRows, paddedColumns }) => ({ offset, taps, inputs: paddedRows, outputs: paddedColumns }));
    if (segments.length === 0) return;
    recordWinogradWeights(recorder, { segments, parameters: this.parameters, transformed: this.#winogradBuffer() });
  }

  #winogradBuffer(): BufferView {
    this.#winograd ??= this.memory.allocate("winograd weights", TRANSFORM_SCALE * this.parameters.bytes);
    return this.#winograd;
  }

  /** Copies a buffer laid out as `parameters` (momentum and gradients are) to the host. */
  async read(buffer: BufferView, layout: FlatLayout = this.layout.parameters): Promise<NamedTensors> {
    return unpack(layout, new Float32Array(await readBack(this.memory.device, buffer)));
  }
}

/** A stretch of a buffer, in floats. */
export function viewOf({ buffer }: BufferView, offset: number, count: number): BufferView {
  return { buffer, offset: offset * BYTES, bytes: count * BYTES };
}
