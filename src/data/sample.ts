import { ConfigError } from "../base/errors";
import { permutation, type RandomStream, randomStream } from "../base/random";
import { type Dataset, type Examples, IMAGE_BYTES } from "./dataset";
import { LABEL_LIMIT } from "./labels";
import { completeByteValues, Draws, drawImage, FIGURE_KINDS, type Look } from "./sample-drawing";

export interface SampleOptions {
  /** At least `superclasses`, at most 256. */
  readonly classes: number;
  readonly superclasses: number;
  /** Training images, at least 2. */
  readonly train: number;
  /** Test images, at least 1. */
  readonly test: number;
  readonly seed: number;
}

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
  const looks = families.map((family, label) => lookOf(family, Math.floor(label / superclasses), options));
  const stream = randomStream(seed, "sample");
  const superclassNames = Array.from({ length: superclasses }, (_, family) => familyName(family));
  const dataset = {
    train: drawExamples(looks, families, options.train, stream, 0),
    test: drawExamples(looks, families, options.test, stream, 1),
    classes: families.map((family, label) => `${familyName(family)}_${Math.floor(label / superclasses) + 1}`),
    superclasses: superclassNames,
  };
  return { dataset, families };
}

function lookOf(family: number, member: number, { classes, superclasses }: SampleOptions): Look {
  const members = Math.ceil((classes - family) / superclasses);
  return {
    kind: FIGURE_KINDS[family % FIGURE_KINDS.length]!,
    style: Math.floor(family / FIGURE_KINDS.length),
    feature: members === 1 ? 0 : member / (members - 1),
  };
}

/** stripes, spots, ..., then stripes-2, spots-2, ... */
function familyName(family: number): string {
  const style = Math.floor(family / FIGURE_KINDS.length);
  return FIGURE_KINDS[family % FIGURE_KINDS.length]! + (style === 0 ? "" : `-${style + 1}`);
}

function drawExamples(
  looks: readonly Look[],
  families: readonly number[],
  count: number,
  stream: RandomStream,
  part: number,
): Examples {
  const images = new Uint8Array(count * IMAGE_BYTES);
  const fine = permutation(stream, count, ORDER_ROUND + part).reduce((labels, place, index) => {
    labels[place] = index % looks.length;
    return labels;
  }, new Uint8Array(count));
  for (let index = 0; index < count; index++) {
    const target = images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES);
    drawImage(looks[fine[index]!]!, new Draws(stream, index, part), target);
  }
  completeByteValues(images);
  return { count, images, fine, coarse: fine.map((label) => families[label]!) };
}

/** Above every image number, so that the order shares no draw with an image. */
const ORDER_ROUND = 0x80000000;

function checkOptions({ classes, superclasses, train, test, seed }: SampleOptions): void {
  checkRange("superclasses", superclasses, 1, LABEL_LIMIT);
  checkRange("classes", classes, superclasses, LABEL_LIMIT);
  checkRange("train", train, 2, IMAGE_LIMIT);
  checkRange("test", test, 1, IMAGE_LIMIT);
  checkRange("seed", seed, 0, 0xffffffff);
}

function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new ConfigError(
    `${name}: ${value} is not a whole number from ${low} to ${high}`,
    `Choose ${name} from ${low} to ${high}.`,
  );
}
