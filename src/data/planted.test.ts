import { describe, expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { randomArrangements } from "../base/permutation-test";
import { permutation, randomStream } from "../base/random";
import { type Examples, IMAGE_BYTES } from "./dataset";
import { MOST_MEMBERS, ownFeature, PLANTED_FAMILIES, type PlantedClass } from "./planted-drawing";
import { sampleDataset } from "./sample";
import { aboutLevel, difficultyOf, type PlantedLevel, SAMPLE_LEVELS } from "./sample-levels";
import { inspect, summarize } from "./summary";
import { importBytes } from "./testing";
import { binaryArchive } from "./write-archive";

const PLANTED_LEVELS = SAMPLE_LEVELS.filter((level): level is PlantedLevel => level !== "easy");
const OPTIONS = { classes: 16, superclasses: 4, train: 480, test: 2, seed: 5 } as const;
const FEATURES = PLANTED_FAMILIES.map(({ feature }) => feature);

function classesOf(members: number): PlantedClass[] {
  return PLANTED_FAMILIES.flatMap((family) => Array.from({ length: members }, (_, member) => ({ family, member, members })));
}

describe.each(PLANTED_LEVELS)("on the level %s", (level) => {
  test("a class narrows the one feature that is its family's, and no feature of another family", () => {
    const drawn = { direction: 0.113, hue: 0.917, number: 0.437, scale: 0.731 };
    for (const planted of classesOf(MOST_MEMBERS)) {
      const seen = ownFeature(planted, difficultyOf(level), drawn);
      const changed = FEATURES.filter((feature) => seen[feature] !== drawn[feature]);
      expect(changed).toEqual([planted.family.feature]);
    }
    expect(new Set(FEATURES).size).toBe(PLANTED_FAMILIES.length);
  });

  test("classes of a family never share a value of its feature, nor a number of spots", () => {
    for (let members = 2; members <= MOST_MEMBERS; members++) {
      for (const planted of classesOf(members).filter(({ member }) => member > 0)) {
        const { family, member } = planted;
        const at = (value: number, place: number): number => {
          const drawn = { direction: value, hue: value, number: value, scale: value };
          return ownFeature({ family, member: place, members }, difficultyOf(level), drawn)[family.feature];
        };
        const [below, above] = [at(1 - 2 ** -24, member - 1), at(0, member)];
        expect(below).toBeLessThan(above);
        expect(Math.floor(16 * below)).toBeLessThan(Math.floor(16 * above));
        expect([at(0, 0) >= 0, at(1 - 2 ** -24, members - 1) < 1]).toEqual([true, true]);
      }
    }
  });

  test("what is measured of pictures tells classes of its own family and of no other", () => {
    const { dataset, families } = sampleDataset({ ...OPTIONS, level });
    const told = (kind: string, measure: (image: Uint8Array) => Point): number => {
      const family = dataset.superclasses.indexOf(kind);
      return shareByChance(dataset.train, (label) => families[label] === family, measure);
    };
    // The only 1 in 200 of chance: of 200 shufflings none separates classes as far as the labels do.
    expect(told("stripes", directionOf)).toBe(1 / 200);
    expect(told("rings", hueOf)).toBe(1 / 200);
    for (const kind of ["stripes", "spots", "checks"]) expect(told(kind, hueOf), kind).toBeGreaterThan(0.02);
    for (const kind of ["rings", "spots", "checks"]) expect(told(kind, directionOf), kind).toBeGreaterThan(0.02);
  });

  test("the ground is the family's: downwards, outwards, upwards, inwards", () => {
    const { dataset, families } = sampleDataset({ ...OPTIONS, level });
    const { images, fine } = dataset.train;
    const means = dataset.superclasses.map((_, family) => {
      const own = Array.from(fine.keys()).filter((image) => families[fine[image]!] === family);
      const grounds = own.map((image) => groundOf(images.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES)));
      return { down: meanOf(grounds.map(({ x }) => x)), outwards: meanOf(grounds.map(({ y }) => y)) };
    });
    const [stripes, rings, spots, checks] = means;
    for (const { down } of [rings!, checks!]) expect(Math.abs(down)).toBeLessThan(5);
    expect(stripes!.down).toBeGreaterThan(20);
    expect(spots!.down).toBeLessThan(-20);
    expect(rings!.outwards - checks!.outwards).toBeGreaterThan(20);
  });

  test("sixteen classes in two families, and in four, have names of their own, balanced counts and other pictures than any level", () => {
    for (const superclasses of [2, 4]) {
      const { dataset, families } = sampleDataset({ ...OPTIONS, superclasses, train: 32, level });
      expect(new Set(dataset.classes).size).toBe(16);
      expect(dataset.superclasses).toEqual(["stripes", "rings", "spots", "checks"].slice(0, superclasses));
      expect(families).toEqual(Array.from({ length: 16 }, (_, label) => label % superclasses));
      expect(dataset.classes[0]).toBe("stripes_1");
      const others = SAMPLE_LEVELS.filter((other) => other !== level);
      const images = inspect(dataset).train.images;
      for (const other of others)
        expect(inspect(sampleDataset({ ...OPTIONS, superclasses, train: 32, level: other }).dataset).train.images).not.toBe(
          images,
        );
      expect(inspect(sampleDataset({ ...OPTIONS, superclasses, train: 32, level }).dataset).train.images).toBe(images);
    }
  });

  test("more families than features, and more classes than a feature tells apart, are refused by name", () => {
    const draw = (classes: number, superclasses: number) => () =>
      sampleDataset({ ...OPTIONS, classes, superclasses, train: 2, level });
    expect(draw(10, 5)).toThrow(ConfigError);
    expect(draw(10, 5)).toThrow(/superclasses: 5 families/);
    expect(draw(9, 1)).toThrow(/classes: 9 in one family/);
    expect(draw(17, 2)).toThrow(/classes: 9 in one family/);
    expect(draw(32, 4)).not.toThrow();
  });
});

test("what an archive says about its level changes nothing of what is read from it, and easy ones say nothing", async () => {
  const { dataset } = sampleDataset({ ...OPTIONS, train: 20, level: "medium" });
  const [silent, told] = [await binaryArchive(dataset), await binaryArchive(dataset, aboutLevel("medium"))];
  const [first, second] = [await importBytes("sample.tar.gz", silent), await importBytes("sample.tar.gz", told)];
  expect(told.length).toBeGreaterThan(silent.length);
  expect(inspect(second.dataset)).toEqual(inspect(first.dataset));
  expect(summarize({ ...second, source: "" }, 1)).toEqual(summarize({ ...first, source: "" }, 1));
  expect([aboutLevel("easy"), aboutLevel("hard")]).toEqual([null, expect.stringContaining("level hard")]);
});

test.each([
  ["medium", "21398cc752b816ceb8e8526f0e347912ea77750f5696c975bf72d32daa9fdf59"],
  ["hard", "0189915ef76fa9bb3fe1f6154b418ffe7db82714297570e33314ae6261d48cde"],
] as const)("the pictures of %s are what they always were", (level, images) => {
  const { dataset } = sampleDataset({ classes: 8, superclasses: 4, train: 60, test: 2, seed: 11, level });
  expect(inspect(dataset).train.images).toBe(images);
});

test("a level left out is easy", () => {
  const options = { ...OPTIONS, train: 20 };
  expect(inspect(sampleDataset(options).dataset)).toEqual(inspect(sampleDataset({ ...options, level: "easy" }).dataset));
});

interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much lighter the lower half is than the upper, and the rim than the middle, in grey values. */
function groundOf(image: Uint8Array): Point {
  const [down, up, rim, middle] = [[], [], [], []] as [number[], number[], number[], number[]];
  image.forEach((value, index) => {
    const [x, y] = [index % 32, Math.floor(index / 32) % 32];
    (y < 16 ? up : down).push(value);
    (Math.hypot(x - 15.5, y - 15.5) < 11 ? middle : rim).push(value);
  });
  return { x: meanOf(down) - meanOf(up), y: meanOf(rim) - meanOf(middle) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of shuffled labels that separate the mean measures of classes at least as far as the labels do, among the chosen classes. */
function shareByChance(
  { fine, images, count }: Examples,
  chosen: (label: number) => boolean,
  measure: (image: Uint8Array) => Point,
): number {
  const indices = Array.from({ length: count }, (_, index) => index).filter((index) => chosen(fine[index]!));
  const points = indices.map((index) => measure(images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES)));
  const labels = indices.map((index) => fine[index]!);
  const seen = separation(points, labels);
  const stream = randomStream(7, "permutation");
  return randomArrangements(199, (draw) => {
    const order = permutation(stream, labels.length, draw);
    return (
      separation(
        points,
        labels.map((_, place) => labels[order[place]!]!),
      ) >= seen
    );
  }).p;
}

/** Sum over classes of the squared length of the sum of their points, by their number. */
function separation(points: readonly Point[], labels: readonly number[]): number {
  return [...new Set(labels)].reduce((total, label) => {
    const members = points.filter((_, index) => labels[index] === label);
    const [x, y] = [members.reduce((sum, point) => sum + point.x, 0), members.reduce((sum, point) => sum + point.y, 0)];
    return total + (x * x + y * y) / members.length;
  }, 0);
}

/** Doubled angle of the strongest slope, from gradients over two pixels of all channels: stripes turned by 180 degrees are the same. */
function directionOf(image: Uint8Array): Point {
  let [x, y] = [0, 0];
  for (let at = 0; at < 3; at++) {
    for (let row = 1; row < 31; row++) {
      for (let column = 1; column < 31; column++) {
        const place = at * 1024 + row * 32 + column;
        const [right, down] = [image[place + 1]! - image[place - 1]!, image[place + 32]! - image[place - 32]!];
        x += right * right - down * down;
        y += 2 * right * down;
      }
    }
  }
  return unit(x, y);
}

/** Doubled hue, from the variances of the channels: the variance of tint cos(h - c) is that of cos(2h - 2c) but for a constant. */
function hueOf(image: Uint8Array): Point {
  let [x, y] = [0, 0];
  for (let channel = 0; channel < 3; channel++) {
    const variance = spread(image.subarray(channel * 1024, (channel + 1) * 1024));
    x += variance * Math.cos((4 * Math.PI * channel) / 3);
    y += variance * Math.sin((4 * Math.PI * channel) / 3);
  }
  return unit(x, y);
}

function spread(values: Uint8Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function unit(x: number, y: number): Point {
  const length = Math.hypot(x, y);
  return length === 0 ? { x: 0, y: 0 } : { x: x / length, y: y / length };
}
