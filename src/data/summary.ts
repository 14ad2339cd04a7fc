import { sha256 } from "@noble/hashes/sha2.js";
import { z } from "zod";
import { toHex } from "../base/bytes";
import { StorageError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { type Dataset, type DatasetSummary, type Examples, IMAGE_BYTES } from "./dataset";
import type { ImportedDataset } from "./import";
import { LABEL_LIMIT } from "./labels";

/** What `splitnet inspect` prints of a part: hex SHA-256 of all images (3,072 bytes each) and of the labels (one byte each). */
export interface ExamplesDigest {
  readonly count: number;
  readonly images: string;
  readonly fine: string;
  readonly coarse: string;
}

export interface DatasetDigest {
  readonly train: ExamplesDigest;
  readonly test: ExamplesDigest;
  readonly classes: readonly string[];
  readonly superclasses: readonly string[];
}

/** Checksums of the content, the same for both archive kinds. */
export function inspect(dataset: Dataset): DatasetDigest {
  const { train, test, classes, superclasses } = dataset;
  return { train: digestOf(train), test: digestOf(test), classes, superclasses };
}

/** Counts, names and identity of a data set; `splitSeed` is the seed of its train / validation split. */
export function summarize(imported: ImportedDataset, splitSeed: number): DatasetSummary {
  const { dataset, source, original } = imported;
  const { train, test, classes, superclasses } = dataset;
  return {
    id: identify(inspect(dataset)),
    source,
    original,
    trainCount: train.count,
    testCount: test.count,
    classes,
    superclasses,
    superclassOf: superclassesOf(train, classes.length, superclasses.length),
    splitSeed,
    trainPerClass: countLabels(train.fine, classes.length),
    testPerClass: countLabels(test.fine, classes.length),
  };
}

/** SHA-256 of the digests and names, in a fixed order. */
function identify({ train, test, classes, superclasses }: DatasetDigest): string {
  const parts = [train, test].map(({ count, images, fine, coarse }) => [count, images, fine, coarse]);
  return toHex(sha256(new TextEncoder().encode(JSON.stringify([...parts, classes, superclasses]))));
}

function digestOf({ count, images, fine, coarse }: Examples): ExamplesDigest {
  return { count, images: toHex(sha256(images)), fine: toHex(sha256(fine)), coarse: toHex(sha256(coarse)) };
}

function countLabels(labels: Uint8Array, size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

/** The most frequent superclass of each class; the lowest one in a tie or where a class has no image. */
function superclassesOf(examples: Examples, classes: number, superclasses: number): number[] {
  const votes = new Uint32Array(classes * superclasses);
  for (let i = 0; i < examples.count; i++) votes[examples.fine[i]! * superclasses + examples.coarse[i]!]!++;
  return Array.from({ length: classes }, (_, label) => {
    const row = votes.subarray(label * superclasses, (label + 1) * superclasses);
    return row.indexOf(Math.max(...row));
  });
}

/** Values in a summary: five lists for at most 256 classes. */
const LARGEST_SUMMARY = 2000;
/** No file of records may hold more: 1 GiB. */
const MOST_IMAGES = Math.floor(2 ** 30 / IMAGE_BYTES);

const count = z.int().min(0).max(MOST_IMAGES);
const names = z.array(z.string().min(1)).min(1).max(LABEL_LIMIT);
const summarySchema = z
  .strictObject({
    id: z.string().regex(/^[0-9a-f]{64}$/),
    source: z.string(),
    original: z.string().nullable(),
    trainCount: count.min(2),
    testCount: count.min(1),
    classes: names,
    superclasses: names,
    superclassOf: z.array(count),
    splitSeed: z.int().min(0).max(0xffffffff),
    trainPerClass: z.array(count),
    testPerClass: z.array(count),
  })
  .refine(({ classes, superclasses, superclassOf, trainPerClass, testPerClass }) => {
    const perClass = [superclassOf, trainPerClass, testPerClass];
    return perClass.every((list) => list.length === classes.length) && superclassOf.every((label) => label < superclasses.length);
  }, "lists per class do not fit the classes")
  .refine(
    (summary) => sum(summary.trainPerClass) === summary.trainCount && sum(summary.testPerClass) === summary.testCount,
    "counts per class do not add up",
  );

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Reads a stored summary back; throws StorageError that names the fields at fault. */
export function parseSummary(value: unknown): DatasetSummary {
  const damaged = (problems: string): StorageError =>
    new StorageError(`the stored description of the data set is damaged: ${problems}`, "Import the archive again.");
  if (holdsMoreThan(value, LARGEST_SUMMARY)) throw damaged(`it holds more than ${LARGEST_SUMMARY} values`);
  const result = parseSafely(summarySchema, value);
  if (result.success) return result.data;
  throw damaged(describeProblems(result.error.issues, "summary"));
}
