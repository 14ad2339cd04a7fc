import { ConfigError } from "../base/errors";
import { permutation, type RandomStream, randomStream } from "../base/random";
import { type Dataset, type Examples, IMAGE_BYTES } from "./dataset";
import { LABEL_LIMIT } from "./labels";
import { drawPlanted, PLANTED_FAMILIES } from "./planted-drawing";
import { completeByteValues, drawImage, FIGURE_KINDS } from "./sample-drawing";
import { Draws } from "./sample-figures";
import { checkPlanted, difficultyOf, type SampleLevel } from "./sample-levels";

export interface SampleOptions {
  /** At least `superclasses`, at most 256. */
  readonly classes: number;
  readonly superclasses: number;
  /** Training images, at least 2. */
  readonly train: number;
  /** Test images, at least 1. */
  readonly test: number;
  readonly seed: number;
  /** "easy" unless given. */
  readonly level?: SampleLevel;
}

/** How the images of one class are drawn, into `target` [3072]. */
type Painter = (draws: Draws, target: Uint8Array) => void;

/** Easy enough for the smallest network within some hundred steps. */
export const DEFAULT_SAMPLE: SampleOptions = { classes: 12, superclasses: 4, train: 1200, test: 300, seed: 1 };

const IMAGE_LIMIT = 100_000;

/** A drawn data set and its planted truth: `families[c]` is the family, and the superclass, of class c. */
export interface Sample {
  readonly dataset: Dataset;
  readonly families: readonly number[];
}

/**
 * Draws a data set of the CIFAR-100 layout in which families of classes share what they look like. Classes are balanced, in random
 * order; equal options give equal bytes. Throws ConfigError that names the option at fault.
 */
export function sampleDataset(options: SampleOptions = DEFAULT_SAMPLE): Sample {
  checkOptions(options);
  const { classes, superclasses, seed } = options;
  const families = Array.from({ length: classes }, (_, label) => label % superclasses);
  const names = Array.from({ length: superclasses }, (_, family) => familyName(family, options.level ?? "easy"));
  const painters = families.map((_, label) => painterOf(label, options));
  const stream = randomStream(seed, "sample");
  const dataset = {
    train: drawExamples(painters, families, options.train, stream, 0),
    test: drawExamples(painters, families, options.test, stream, 1),
    classes: families.map((family, label) => `${names[family]!}_${Math.floor(label / superclasses) + 1}`),
    superclasses: names,
  };
  return { dataset, families };
}

function painterOf(label: number, { classes, superclasses, level = "easy" }: SampleOptions): Painter {
  const family = label % superclasses;
  const member = Math.floor(label / superclasses);
  const members = Math.ceil((classes - family) / superclasses);
  if (level === "easy") {
    const look = {
      kind: FIGURE_KINDS[family % FIGURE_KINDS.length]!,
      style: Math.floor(family / FIGURE_KINDS.length),
      feature: members === 1 ? 0 : member / (members - 1),
    };
    return (draws, target) => drawImage(look, draws, target);
  }
  const planted = { family: PLANTED_FAMILIES[family]!, member, members };
  return (draws, target) => drawPlanted(planted, difficultyOf(level), draws, target);
}

/** stripes, spots, ..., then stripes-2, spots-2, ... */
function familyName(family: number, level: SampleLevel): string {
  if (level !== "easy") return PLANTED_FAMILIES[family]!.kind;
  const style = Math.floor(family / FIGURE_KINDS.length);
  return FIGURE_KINDS[family % FIGURE_KINDS.length]! + (style === 0 ? "" : `-${style + 1}`);
}

function drawExamples(
  painters: readonly Painter[],
  families: readonly number[],
  count: number,
  stream: RandomStream,
  part: number,
): Examples {
  const images = new Uint8Array(count * IMAGE_BYTES);
  const fine = permutation(stream, count, ORDER_ROUND + part).reduce((labels, place, index) => {
    labels[place] = index % painters.length;
    return labels;
  }, new Uint8Array(count));
  for (let index = 0; index < count; index++) {
    const target = images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES);
    painters[fine[index]!]!(new Draws(stream, index, part), target);
  }
  completeByteValues(images);
  return { count, images, fine, coarse: fine.map((label) => families[label]!) };
}

/** Above every image number, so that the order shares no draw with an image. */
const ORDER_ROUND = 0x80000000;

function checkOptions({ classes, superclasses, train, test, seed, level = "easy" }: SampleOptions): void {
  checkRange("superclasses", superclasses, 1, LABEL_LIMIT);
  checkRange("classes", classes, superclasses, LABEL_LIMIT);
  checkRange("train", train, 2, IMAGE_LIMIT);
  checkRange("test", test, 1, IMAGE_LIMIT);
  checkRange("seed", seed, 0, 0xffffffff);
  if (level !== "easy") checkPlanted(level, classes, superclasses);
}

function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ConfigError(
    `${name}: ${value} is not a whole number from ${low} to ${high}`,
    `Choose ${name} from ${low} to ${high}.`,
  );
}
