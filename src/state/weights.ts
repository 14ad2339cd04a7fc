import { groupingSpec } from "../model/build";
import { weightedLayers } from "../model/lookup";
import type { RunRecord } from "../model/run";
import type { AssignmentSnapshotView, BlockMassView, LayerView } from "../protocol/views";
import { offBlockShare } from "../splitnet/block-mass";

/** A layer whose weights can be read; `grouped`: the split cuts it. */
export interface ReadableLayer {
  readonly name: string;
  readonly grouped: boolean;
  /** Its outputs are the classes. */
  readonly decides: boolean;
}

/** Convolutions and the last layer of a run's network, in execution order. */
export function layersOf({ config, classes }: RunRecord): readonly ReadableLayer[] {
  return weightedLayers(groupingSpec(config, classes.length)).map(({ name, groups, outputSpace }) => ({
    name,
    grouped: groups > 1,
    decides: outputSpace === "classes",
  }));
}

/** Share of a layer's squares that lies off the blocks, after so many steps. */
export interface ShareMoment {
  readonly step: number;
  readonly share: number;
}

/** How the off-block share of a layer went; moments without its masses are left out. */
export function sharesOf(history: readonly AssignmentSnapshotView[], layer: string): readonly ShareMoment[] {
  return history.flatMap(({ step, blocks }) => {
    const own = blocks?.find((candidate) => candidate.layer === layer);
    return own === undefined ? [] : [{ step, share: offBlockShare(own.mass, own.groups) }];
  });
}

/** The block masses of the last moment up to a step that has any. */
export function blocksUpTo(
  history: readonly AssignmentSnapshotView[],
  step: number,
): { readonly step: number; readonly blocks: readonly BlockMassView[] } | null {
  const found = history.findLast((snapshot) => snapshot.step <= step && snapshot.blocks !== null);
  return found === undefined || found.blocks === null ? null : { step: found.step, blocks: found.blocks };
}

/** What a pixel of a layer's picture stands for. */
export interface PicturePixel {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Group of the first input and the first output. */
  readonly inputGroup: number;
  readonly outputGroup: number;
  readonly norm: number;
}

export function pixelOf(
  { norms, columns, stride, inputs, outputs }: LayerView["picture"],
  row: number,
  column: number,
): PicturePixel {
  const [top, left] = [row * stride, column * stride];
  return {
    inputs: inputs.order.slice(top, top + stride),
    outputs: outputs.order.slice(left, left + stride),
    inputGroup: groupAt(inputs.sizes, top),
    outputGroup: groupAt(outputs.sizes, left),
    norm: norms[row * columns + column] ?? 0,
  };
}

/** Group of a place, where groups of these sizes follow one another. */
export function groupAt(sizes: readonly number[], place: number): number {
  let group = 0;
  for (let end = sizes[0] ?? 0; end <= place && group < sizes.length - 1; end += sizes[group]!) group++;
  return group;
}
