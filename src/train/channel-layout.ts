import { isWeighted, spaceNamed } from "../model/lookup";
import { inferShapes } from "../model/shapes";
import type { ModelSpec, WeightedLayer } from "../model/spec";

/**
 * Where the channels of a space stand on the device. Kernels read channels in fours, so every run of channels that some layer cuts
 * out of the space starts at a multiple of 4 and is padded to one; padding channels hold zeros and stay zero.
 */
export interface ChannelLayout {
  /** Channels with padding. */
  readonly size: number;
  /** Padded position of each channel. */
  readonly positions: readonly number[];
  /** Padded position of a run's first channel, by its first channel; also of the end. */
  readonly boundaries: ReadonlyMap<number, number>;
}

/** Layouts of every space, the image's included, by name. */
export function channelLayouts(spec: ModelSpec): ReadonlyMap<string, ChannelLayout> {
  const cuts = new Map<string, Set<number>>();
  const cut = (space: string, sizes: readonly number[]): void => {
    const found = cuts.get(space) ?? new Set<number>();
    cuts.set(space, found);
    let end = 0;
    for (const size of sizes) {
      end += size;
      found.add(end);
    }
  };
  for (const { space, channels } of inferShapes(spec).values()) cut(space, [channels]);
  for (const layer of spec.layers) {
    if (!isWeighted(layer)) continue;
    const blocks = blocksOf(spec, layer);
    cut(layer.inputSpace, blocks.inputs);
    cut(layer.outputSpace, blocks.outputs);
  }
  return new Map([...cuts].map(([space, ends]) => [space, layoutOf([...ends].sort((a, b) => a - b))]));
}

/** A layer's blocks; the whole layer as one where it is dense. */
export function blocksOf(spec: ModelSpec, layer: WeightedLayer): NonNullable<WeightedLayer["blocks"]> {
  return (
    layer.blocks ?? {
      inputs: [spaceNamed(spec, layer.inputSpace).size],
      outputs: [spaceNamed(spec, layer.outputSpace).size],
    }
  );
}

function layoutOf(ends: readonly number[]): ChannelLayout {
  const positions: number[] = [];
  const boundaries = new Map([[0, 0]]);
  let [start, size] = [0, 0];
  for (const end of ends) {
    for (let channel = start; channel < end; channel++) positions.push(size + channel - start);
    size += 4 * Math.ceil((end - start) / 4);
    start = end;
    boundaries.set(end, size);
  }
  return { size, positions, boundaries };
}

/** Column on the device of each logit of a network. */
export function logitColumns(spec: ModelSpec): readonly number[] {
  const last = spec.layers.at(-1)!;
  return channelLayouts(spec).get(inferShapes(spec).get(last.name)!.space)!.positions;
}
