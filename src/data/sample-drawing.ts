import { type RandomStream, uniformOf } from "../base/random";
import { IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";

/**
 * Draws the images of the sample data. A family of classes shares the kind of its figure, its colours and its background; a class is
 * told from the others of its family by that kind's own feature. None of the features is lost by mirroring, by a shift of a few pixels,
 * or by whitening each channel, because training does all three.
 */

/** Kinds of figures, in the order families get them; the comment says what tells classes apart. */
export const FIGURE_KINDS = [
  "stripes", // direction, from horizontal over slanted to vertical
  "spots", // how many
  "rings", // colour against the background
  "checks", // size of the squares
] as const;
export type FigureKind = (typeof FIGURE_KINDS)[number];

/** What a class looks like. */
export interface Look {
  readonly kind: FigureKind;
  /** 0 for the first family of that kind, 1 for the second, ...: turns colours and background. */
  readonly style: number;
  /** Position of the class among those of its family, 0 .. 1. */
  readonly feature: number;
}

/** How much of the figure's colour a pixel takes, 0 .. 1; x and y count pixels. */
type Figure = (x: number, y: number) => number;

/** Uniform numbers of one image, in order. */
export class Draws {
  readonly #stream: RandomStream;
  readonly #image: number;
  readonly #part: number;
  #words: ArrayLike<number> = [];
  #used = 0;
  #blocks = 0;

  constructor(stream: RandomStream, image: number, part: number) {
    this.#stream = stream;
    this.#image = image;
    this.#part = part;
  }

  word(): number {
    if (this.#used === this.#words.length) {
      this.#words = this.#stream.words(this.#blocks++, this.#image, this.#part);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * uniformOf(this.word());
  }
}

const MIDDLE = (IMAGE_SIZE - 1) / 2;
const NOISE_AMPLITUDE = 32;
const BACKGROUND_SLOPE = 22;

/** Draws one image, planar as in the archives, into `target` [3072]. */
export function drawImage(look: Look, draws: Draws, target: Uint8Array): void {
  const figure = figureOf(look, draws);
  const slope = backgroundOf(look);
  const contrast = draws.between(50, 85);
  const level = draws.between(95, 160);
  for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
    const figureColour = contrast * tint(figureHue(look), channel);
    const slopeColour = BACKGROUND_SLOPE * tint(0.5 + familyHue(look), channel);
    const base = level + draws.between(-20, 20);
    for (let y = 0; y < IMAGE_SIZE; y++) {
      for (let x = 0; x < IMAGE_SIZE; x++) {
        const value = base + figureColour * figure(x, y) + slopeColour * slope(x, y) + noise(draws);
        target[(channel * IMAGE_SIZE + y) * IMAGE_SIZE + x] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
}

/** Triangular noise from one word. */
function noise(draws: Draws): number {
  const word = draws.word();
  return (NOISE_AMPLITUDE * ((word >>> 16) - (word & 0xffff))) / 0x10000;
}

/** Red, green or blue share, -1 .. 1, of a hue given in turns. */
function tint(hue: number, channel: number): number {
  return Math.cos(2 * Math.PI * (hue - channel / IMAGE_CHANNELS));
}

/** Families are a fraction of a turn apart that never repeats exactly. */
function familyHue({ kind, style }: Look): number {
  return FIGURE_KINDS.indexOf(kind) / FIGURE_KINDS.length + 0.06 + style * 0.0955;
}

/** Rings differ in hue, two thirds of a turn from the first class to the last. */
function figureHue(look: Look): number {
  return look.kind === "rings" ? look.style * 0.0955 + (look.feature * 2) / 3 : familyHue(look);
}

/** A slow change of colour across the image: downwards, outwards, or in waves, -1 .. 1. */
function backgroundOf({ kind, style }: Look): Figure {
  const waves = FIGURE_KINDS.indexOf(kind) + style;
  switch (waves % 3) {
    case 0:
      return (_, y) => (y - MIDDLE) / MIDDLE;
    case 1:
      return (x, y) => Math.hypot(x - MIDDLE, y - MIDDLE) / MIDDLE - 0.75;
    default:
      return (_, y) => Math.cos((Math.PI * (y - MIDDLE)) / MIDDLE);
  }
}

function figureOf({ kind, feature }: Look, draws: Draws): Figure {
  switch (kind) {
    case "stripes":
      return stripes(feature, draws);
    case "spots":
      return spots(feature, draws);
    case "rings":
      return ring(draws);
    case "checks":
      return checks(feature, draws);
  }
}

function stripes(feature: number, draws: Draws): Figure {
  const angle = (Math.PI / 2) * feature + draws.between(-0.1, 0.1);
  const perPixel = (2 * Math.PI) / draws.between(6, 8);
  const phase = draws.between(0, 2 * Math.PI);
  const [along, down] = [Math.sin(angle) * perPixel, Math.cos(angle) * perPixel];
  return (x, y) => 0.5 + 0.5 * Math.sin(along * x + down * y + phase);
}

/** 1, 4, 9, ... spots of one size, kept apart where there is room. */
function spots(feature: number, draws: Draws): Figure {
  const count = Math.round((1 + 2 * feature) ** 2);
  const radius = draws.between(2.4, 3.2);
  const centres: { readonly x: number; readonly y: number }[] = [];
  for (let tries = 0; centres.length < count; tries++) {
    const centre = { x: draws.between(4, IMAGE_SIZE - 5), y: draws.between(4, IMAGE_SIZE - 5) };
    const apart = centres.every(({ x, y }) => Math.hypot(x - centre.x, y - centre.y) > 2.2 * radius);
    if (apart || tries > 20 * count) centres.push(centre);
  }
  return (x, y) => Math.max(...centres.map((centre) => edge(radius - Math.hypot(x - centre.x, y - centre.y))));
}

function ring(draws: Draws): Figure {
  const [centreX, centreY] = [MIDDLE + draws.between(-4, 4), MIDDLE + draws.between(-4, 4)];
  const radius = draws.between(7, 10);
  const halfWidth = draws.between(1.8, 2.8);
  return (x, y) => edge(halfWidth - Math.abs(Math.hypot(x - centreX, y - centreY) - radius));
}

/** Squares of 2 to 8 pixels. */
function checks(feature: number, draws: Draws): Figure {
  const size = 2 * 4 ** feature * draws.between(0.95, 1.05);
  const [left, top] = [draws.between(0, 2 * size), draws.between(0, 2 * size)];
  return (x, y) => (Math.floor((x + left) / size) + Math.floor((y + top) / size)) % 2;
}

/** 1 well inside, 0 well outside, a ramp of one pixel between; `inside` is the distance to the border. */
function edge(inside: number): number {
  return Math.max(0, Math.min(1, inside + 0.5));
}

/**
 * Puts every byte value that occurs nowhere in `images` into the first image, over values that occur more than once, so that reading
 * the sample back tests all 256.
 */
export function completeByteValues(images: Uint8Array): void {
  const occurrences = new Uint32Array(256);
  for (const value of images) occurrences[value]!++;
  let missing = occurrences.indexOf(0);
  for (let i = 0; i < IMAGE_BYTES && missing >= 0; i++) {
    const old = images[i]!;
    if (occurrences[old]! < 2) continue;
    occurrences[old]!--;
    images[i] = missing;
    occurrences[missing] = 1;
    missing = occurrences.indexOf(0, missing);
  }
}
