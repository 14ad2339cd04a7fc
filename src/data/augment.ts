import { ConfigError, ShapeError } from "../base/errors";
import { integerOf, type RandomStream, randomStream } from "../base/random";
import { type Examples, IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";

export interface AugmentationRules {
  /** Crop offsets are drawn from 0 .. cropOffsets - 1 in each direction; 9 covers the padded image. */
  readonly cropOffsets: number;
  /** Added to the deviation, so that a constant channel becomes 0; with 0 it becomes NaN, as in the published code. */
  readonly whiteningGuard: number;
}

/** Images [N, 32, 32, 3], whitened; labels [N]. */
export interface LabelledBatch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** Padded at every edge by so many pixels: the offset of a crop from the middle. */
export const PADDING = 4;
const DEVIATIONS_SHOWN = 2.5;
const PLANE = IMAGE_SIZE * IMAGE_SIZE;
const CENTRE: View = { top: PADDING, left: PADDING, flip: false };

/** Where in the padded image the crop lies, 4 being the middle, and whether it is mirrored. */
export interface View {
  readonly top: number;
  readonly left: number;
  readonly flip: boolean;
}

/**
 * The batch as trained on: reflected 4 pixels at the edges (the edge pixel not repeated), cropped, mirrored one time in two, whitened.
 * Draws depend on seed, step and position in the batch only.
 */
export function trainingBatch(
  examples: Examples,
  indices: Uint32Array,
  { seed, step, rules }: { readonly seed: number; readonly step: number; readonly rules: AugmentationRules },
): LabelledBatch {
  const { cropOffsets, whiteningGuard } = rules;
  if (!Number.isInteger(cropOffsets) || cropOffsets < 1 || cropOffsets > 2 * PADDING + 1) {
    throw new ConfigError(`cropOffsets: ${cropOffsets} is not between 1 and ${2 * PADDING + 1}`, "Use 9, or 8 as published.");
  }
  const stream = randomStream(seed, "augment");
  return collect(examples, indices, whiteningGuard, (position) => drawView(stream, step, position, cropOffsets));
}

/** One image as trained on at a place of a step's batch: its view and its whitened values [32, 32, 3]. */
export function trainingImage(
  examples: Examples,
  index: number,
  {
    seed,
    step,
    position,
    rules,
  }: { readonly seed: number; readonly step: number; readonly position: number; readonly rules: AugmentationRules },
): { readonly view: View; readonly values: Float32Array } {
  const view = drawView(randomStream(seed, "augment"), step, position, rules.cropOffsets);
  return { view, values: collect(examples, Uint32Array.of(index), rules.whiteningGuard, () => view).images };
}

/** The images as evaluated: whitened only. */
export function evaluationBatch(examples: Examples, indices: Uint32Array, whiteningGuard: number): LabelledBatch {
  return collect(examples, indices, whiteningGuard, () => CENTRE);
}

/** One image as RGBA, 32 x 32, for a canvas. */
export function thumbnail(examples: Examples, index: number): Uint8ClampedArray<ArrayBuffer> {
  const image = imageAt(examples, index);
  const rgba = new Uint8ClampedArray(4 * PLANE).fill(255);
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < IMAGE_CHANNELS; channel++) rgba[4 * pixel + channel] = image[channel * PLANE + pixel]!;
  }
  return rgba;
}

/** Whitened values [32, 32, 3] as RGBA: the mean is the middle grey, DEVIATIONS_SHOWN deviations on either side fill the range. */
export function whitenedThumbnail(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * PLANE).fill(255);
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
      rgba[4 * pixel + channel] = 127.5 * (1 + values[IMAGE_CHANNELS * pixel + channel]! / DEVIATIONS_SHOWN);
    }
  }
  return rgba;
}

function drawView(stream: RandomStream, step: number, position: number, cropOffsets: number): View {
  const [top, left, flip] = stream.words(position, step);
  return { top: integerOf(top, cropOffsets), left: integerOf(left, cropOffsets), flip: flip >= 0x80000000 };
}

function collect(
  examples: Examples,
  indices: Uint32Array,
  whiteningGuard: number,
  viewOf: (position: number) => View,
): LabelledBatch {
  const images = new Float32Array(indices.length * IMAGE_BYTES);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, position) => {
    const image = imageAt(examples, index);
    const target = images.subarray(position * IMAGE_BYTES, (position + 1) * IMAGE_BYTES);
    const view = viewOf(position);
    for (let channel = 0; channel < IMAGE_CHANNELS; channel++) writeChannel(image, channel, view, whiteningGuard, target);
    labels[position] = examples.fine[index]!;
  });
  return { images, labels };
}

function imageAt({ images, count }: Examples, index: number): Uint8Array {
  if (index >= count)
    throw new ShapeError(`image ${index} of ${count}`, "The split belongs to another data set: import the data again.");
  return images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES);
}

/** Source row or column of each one of the padded image: 4 3 2 1 0 1 .. 30 31 30 29 28 27. */
const REFLECTED = Uint8Array.from({ length: IMAGE_SIZE + 2 * PADDING }, (_, padded) => {
  const inside = Math.abs(padded - PADDING);
  return inside < IMAGE_SIZE ? inside : 2 * (IMAGE_SIZE - 1) - inside;
});

// Scratch of writeChannel: one channel at a time passes through it.
const columns = new Uint8Array(IMAGE_SIZE);
const plane = new Uint8Array(PLANE);
const whitened = new Float32Array(256);

/** Crops and mirrors one channel and writes (x - mean) / (population deviation + guard) into every third value of `target`. */
function writeChannel(image: Uint8Array, channel: number, view: View, guard: number, target: Float32Array): void {
  for (let x = 0; x < IMAGE_SIZE; x++) columns[x] = REFLECTED[view.left + (view.flip ? IMAGE_SIZE - 1 - x : x)]!;
  let sum = 0;
  let squares = 0;
  for (let y = 0, pixel = 0; y < IMAGE_SIZE; y++) {
    const row = channel * PLANE + REFLECTED[view.top + y]! * IMAGE_SIZE;
    for (let x = 0; x < IMAGE_SIZE; x++, pixel++) {
      const value = image[row + columns[x]!]!;
      plane[pixel] = value;
      sum += value;
      squares += value * value;
    }
  }
  const mean = sum / PLANE;
  // Both sums are whole numbers below 2^53, so a constant channel has a variance of exactly 0.
  const deviation = Math.sqrt(PLANE * squares - sum * sum) / PLANE;
  for (let value = 0; value < 256; value++) whitened[value] = (value - mean) / (deviation + guard);
  for (let pixel = 0, at = channel; pixel < PLANE; pixel++, at += IMAGE_CHANNELS) target[at] = whitened[plane[pixel]!]!;
}
