import type { ConvGeometry } from "../kernels/conv-geometry";
import type { BufferView } from "../kernels/device-memory";
import { filterGradientSlices, recordFilterGradient, type Slices } from "../kernels/filter-gradient";
import type { Operand, Recorder, Temporary } from "../kernels/recorder";
import { recordGradientSum, type SlicedGradient } from "../kernels/sum-gradients";
import { chooseConv } from "../kernels/tuning-choice";
import type { ConvLayer, DenseLayer } from "../model/spec";
import type { FilterGradients } from "./backward-recording";
import type { FusedNode } from "./fused-graph";
import type { NetworkBuffers } from "./network-buffers";

/** Partial sums that wait for one dispatch to add them: more would need memory, less would need more dispatches. */
const MOST_WAITING_FLOATS = 16 * 1024 * 1024;
const BYTES = 4;

interface Place extends Slices {
  readonly group: Temporary;
  /** In floats, from the start of the group. */
  readonly offset: number;
  /** Whether the group is complete with this layer. */
  readonly last: boolean;
}

/** Filter gradients as slices of partial sums, several layers' in one buffer, added up together. */
export class PartialSums implements FilterGradients {
  readonly #recorder: Recorder;
  readonly #network: NetworkBuffers;
  readonly #gradients: BufferView;
  readonly #scale: number;
  readonly #places: ReadonlyMap<ConvLayer | DenseLayer, Place>;
  #waiting: SlicedGradient[] = [];

  /** `scale` multiplies the sums: it undoes the loss scale of half precision. */
  constructor(
    recorder: Recorder,
    network: NetworkBuffers,
    nodes: readonly FusedNode[],
    batch: number,
    { gradients, scale }: { readonly gradients: BufferView; readonly scale: number },
  ) {
    this.#recorder = recorder;
    this.#network = network;
    this.#gradients = gradients;
    this.#scale = scale;
    const layers = [...nodes].reverse().flatMap(weightedLayerOf);
    this.#places = placesOf(
      recorder,
      layers.map((layer) => [layer, filterGradientSlices(network.geometry(layer, batch))]),
    );
  }

  record(
    layer: ConvLayer | DenseLayer,
    {
      geometry,
      input,
      outputGradient,
      dense,
    }: { geometry: ConvGeometry; input: Operand; outputGradient: Operand; dense: boolean },
  ): void {
    const { group, offset, slices, sliceStride, last } = this.#places.get(layer)!;
    const pass = {
      label: layer.name,
      geometry,
      input,
      outputGradient,
      partial: { of: group, offset: offset * BYTES, bytes: slices * sliceStride * BYTES },
      ...(dense && { precision: "f32" as const }),
    };
    recordFilterGradient(this.#recorder, pass, chooseConv(this.#network.tuning, "filter-gradient", geometry));
    const first = this.#network.weightsOffset(layer);
    for (const { inputs, outputs, weightOffset } of geometry.blocks) {
      this.#waiting.push({
        partialOffset: offset + weightOffset,
        slices,
        sliceStride,
        count: geometry.kernelSize ** 2 * inputs * outputs,
        gradientOffset: first + weightOffset,
      });
    }
    if (!last) return;
    recordGradientSum(this.#recorder, {
      segments: this.#waiting,
      partial: group,
      gradients: this.#gradients,
      scale: this.#scale,
    });
    this.#waiting = [];
  }
}

function weightedLayerOf(node: FusedNode): (ConvLayer | DenseLayer)[] {
  switch (node.kind) {
    case "conv":
      return [node.layer];
    case "head":
      return [node.dense];
    default:
      return [];
  }
}

/** Cuts the layers, in the order in which they are recorded, into groups that fit. */
function placesOf(
  recorder: Recorder,
  layers: readonly (readonly [ConvLayer | DenseLayer, Slices])[],
): ReadonlyMap<ConvLayer | DenseLayer, Place> {
  const groups: { readonly members: (readonly [ConvLayer | DenseLayer, Slices, number])[]; floats: number }[] = [];
  for (const [layer, slices] of layers) {
    const floats = slices.slices * slices.sliceStride;
    const open = groups.at(-1);
    if (open !== undefined && open.floats + floats <= MOST_WAITING_FLOATS) {
      open.members.push([layer, slices, open.floats]);
      open.floats += floats;
    } else {
      groups.push({ members: [[layer, slices, 0]], floats });
    }
  }
  const places = new Map<ConvLayer | DenseLayer, Place>();
  groups.forEach(({ members, floats }, index) => {
    const group = recorder.temporary(`filter gradients ${index}`, floats * BYTES);
    members.forEach(([layer, slices, offset], member) => {
      places.set(layer, { ...slices, group, offset, last: member === members.length - 1 });
    });
  });
  return places;
}
