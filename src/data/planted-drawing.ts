import { IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";
import { checks, type Draws, type Figure, MIDDLE, ring, scattered, spots, stripes, tint, turned } from "./sample-figures";

/**
 * Draws the images of the planted levels. Every figure has all four features; a family is the kind of the figure, and its classes are
 * told apart by the one feature that is theirs. The other three are drawn anew for every image, so that they tell nothing about a class. Behind the
 * figure the grey changes slowly across the image, in a way that is the family's: whoever has learned little tells families by it, and then doubts
 * only within one.
 */

/** Each kind of figure with the feature that tells its classes apart, in the order families get them. */
export const PLANTED_FAMILIES = [
  { kind: "stripes", feature: "direction" },
  { kind: "rings", feature: "hue" },
  { kind: "spots", feature: "number" },
  { kind: "checks", feature: "scale" },
] as const;
export type PlantedFamily = (typeof PLANTED_FAMILIES)[number];
type Kind = PlantedFamily["kind"];

/** Each in [0, 1); `figureOf` says what the ends mean. */
export type Features = Readonly<Record<PlantedFamily["feature"], number>>;

/** What makes a level harder. */
export interface Difficulty {
  /** Largest deviation of a pixel, in grey values of 256. */
  readonly noise: number;
  /** Range of the figure's strength, in grey values. */
  readonly contrast: readonly [low: number, high: number];
  /** How far the ground of the family departs from its mean, in grey values. */
  readonly slope: number;
  /** Share of its interval that a class's feature fills, 0 .. 1: what is left keeps classes apart. */
  readonly spread: number;
  /** Strength of a second figure of another family behind the first, as a share of its contrast. */
  readonly distraction: number;
}

/** The family of a class, and its place among the classes of that family. */
export interface PlantedClass {
  readonly family: PlantedFamily;
  readonly member: number;
  readonly members: number;
}

/** More classes of a family could not be told apart by number: 16 spots are the most there is room for. */
export const MOST_MEMBERS = 8;
const MOST_SPOTS = 16;
const PIXELS = IMAGE_SIZE ** 2;

/** Draws one image, planar as in the archives, into `target` [3072]. */
export function drawPlanted(planted: PlantedClass, level: Difficulty, draws: Draws, target: Uint8Array): void {
  const features = ownFeature(planted, level, drawFeatures(draws));
  drawScene(planted.family.kind, features, level, draws, target);
}

function drawFeatures(draws: Draws): Features {
  const next = (): number => draws.between(0, 1);
  return { direction: next(), hue: next(), number: next(), scale: next() };
}

/** Narrows the family's own feature to the class's interval, and leaves the others as they were drawn. */
export function ownFeature({ family, member, members }: PlantedClass, { spread }: Difficulty, features: Features): Features {
  const within = 0.5 + spread * (features[family.feature] - 0.5);
  return { ...features, [family.feature]: (member + within) / members };
}

/** The only thing an image knows about its class is what `features` says. */
export function drawScene(kind: Kind, features: Features, level: Difficulty, draws: Draws, target: Uint8Array): void {
  const contrast = draws.between(...level.contrast);
  const layers = [
    { strength: contrast, hue: hueOf(features), amounts: drawn(figureOf(kind, features, draws)) },
    { strength: contrast * level.distraction, ...distractor(kind, draws) },
  ];
  const ground = drawn(GROUNDS[kind]).map((value) => level.slope * value);
  const grey = draws.between(95, 160);
  for (let channel = 0; channel < IMAGE_CHANNELS; channel++) {
    const base = grey + draws.between(-20, 20);
    const colours = layers.map(({ strength, hue }) => strength * tint(hue, channel));
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const figures = layers.reduce((sum, { amounts }, layer) => sum + colours[layer]! * amounts[pixel]!, 0);
      const value = base + figures + ground[pixel]! + draws.noise(level.noise);
      target[channel * PIXELS + pixel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
}

/** -1 .. 1, the same for every colour and not changed by mirroring: downwards, outwards, upwards, inwards. */
const GROUNDS: Readonly<Record<Kind, Figure>> = {
  stripes: (_, y) => (y - MIDDLE) / MIDDLE,
  rings: (x, y) => Math.hypot(x - MIDDLE, y - MIDDLE) / MIDDLE - 0.75,
  spots: (_, y) => (MIDDLE - y) / MIDDLE,
  checks: (x, y) => 0.75 - Math.hypot(x - MIDDLE, y - MIDDLE) / MIDDLE,
};

/** A figure's value at every pixel, row by row: channels differ in colour only. */
function drawn(figure: Figure): Float64Array {
  return Float64Array.from({ length: PIXELS }, (_, pixel) => figure(pixel % IMAGE_SIZE, Math.floor(pixel / IMAGE_SIZE)));
}

/** A figure of one of the other families, none of its features tied to a class. */
function distractor(kind: Kind, draws: Draws): { hue: number; amounts: Float64Array } {
  const others = PLANTED_FAMILIES.filter((family) => family.kind !== kind);
  const other = others[Math.floor(draws.between(0, others.length))]!;
  const features = drawFeatures(draws);
  return { hue: hueOf(features), amounts: drawn(figureOf(other.kind, features, draws)) };
}

/** Two thirds of a turn, so that the first hue and the last stay apart. */
function hueOf({ hue }: Features): number {
  return (hue * 2) / 3;
}

/**
 * Directions are a quarter of a turn, from horizontal to vertical, because training mirrors images. A ring has no direction and number
 * is for spots alone: there the features are drawn and not seen.
 */
function figureOf(kind: Kind, { direction, number, scale }: Features, draws: Draws): Figure {
  const angle = (Math.PI / 2) * direction;
  switch (kind) {
    case "stripes":
      return stripes(angle, 5 + 3 * scale, draws.between(0, 2 * Math.PI));
    case "rings": {
      const centre = { x: MIDDLE + draws.between(-4, 4), y: MIDDLE + draws.between(-4, 4) };
      return ring(centre, 7 + 3 * scale, draws.between(1.8, 2.8));
    }
    case "spots": {
      const radius = 2 + 0.6 * scale;
      return spots(scattered(1 + Math.floor(MOST_SPOTS * number), radius, draws), radius);
    }
    case "checks": {
      const size = 2 * 4 ** scale;
      return turned(checks(size, { x: draws.between(0, 2 * size), y: draws.between(0, 2 * size) }), angle);
    }
  }
}
