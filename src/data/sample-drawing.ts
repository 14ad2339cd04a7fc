import { IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";
import { checks, type Draws, type Figure, MIDDLE, ring, scattered, spots, stripes, tint } from "./sample-figures";

/**
 * Draws the images of the level `easy`. A family of classes shares the kind of its figure, its colours and its background; a class is
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
        const value = base + figureColour * figure(x, y) + slopeColour * slope(x, y) + draws.noise(NOISE_AMPLITUDE);
        target[(channel * IMAGE_SIZE + y) * IMAGE_SIZE + x] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
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
      return drawStripes(feature, draws);
    case "spots":
      return drawSpots(feature, draws);
    case "rings":
      return drawRing(draws);
    case "checks":
      return drawChecks(feature, draws);
  }
}

function drawStripes(feature: number, draws: Draws): Figure {
  const angle = (Math.PI / 2) * feature + draws.between(-0.1, 0.1);
  return stripes(angle, draws.between(6, 8), draws.between(0, 2 * Math.PI));
}

/** 1, 4, 9, ... spots of one size. */
function drawSpots(feature: number, draws: Draws): Figure {
  const count = Math.round((1 + 2 * feature) ** 2);
  const radius = draws.between(2.4, 3.2);
  return spots(scattered(count, radius, draws), radius);
}

function drawRing(draws: Draws): Figure {
  const centre = { x: MIDDLE + draws.between(-4, 4), y: MIDDLE + draws.between(-4, 4) };
  return ring(centre, draws.between(7, 10), draws.between(1.8, 2.8));
}

/** Squares of 2 to 8 pixels. */
function drawChecks(feature: number, draws: Draws): Figure {
  const size = 2 * 4 ** feature * draws.between(0.95, 1.05);
  return checks(size, { x: draws.between(0, 2 * size), y: draws.between(0, 2 * size) });
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
