import { RequestError } from "../base/errors";
import { thumbnail } from "../data/augment";
import type { Dataset, DatasetSummary, Examples } from "../data/dataset";
import { type ImportedDataset, importDataset } from "../data/import";
import { packDataset, unpackDataset } from "../data/pack";
import { sampleDataset } from "../data/sample";
import type { OnImportProgress, SourceFile } from "../data/source";
import { splitTrainValidation } from "../data/split";
import { parseSummary, summarize } from "../data/summary";
import type { DatasetView } from "../protocol/views";
import type { DatasetStore } from "../storage/stores";

/** One seed for every data set, so that runs of different visits validate on the same images. */
const SPLIT_SEED = 1;
const IMAGE_RGBA_BYTES = 4096;

/** A data set in memory. */
export interface LoadedData {
  readonly dataset: Dataset;
  readonly summary: DatasetSummary;
}

/** The one stored data set: read into memory when first needed. */
export class DataLibrary {
  readonly #store: DatasetStore;
  #loaded: LoadedData | null = null;
  /** Id of the data set that was last seen in storage. */
  #seen: string | null = null;

  constructor(store: DatasetStore) {
    this.#store = store;
  }

  /** What is stored, null if nothing is. */
  async view(): Promise<DatasetView | null> {
    const stored = await this.#stored();
    return stored === null ? null : viewOf(stored);
  }

  /** Whether another tab has replaced or removed the data set since it was last looked at. */
  async changed(): Promise<boolean> {
    const seen = this.#seen;
    return ((await this.#stored())?.id ?? null) !== seen;
  }

  /** The images themselves, read anew where another tab has replaced them; throws RequestError if there are none. */
  async load(): Promise<LoadedData> {
    const summary = await this.#stored();
    if (summary === null) {
      throw new RequestError("there is no data set", "Drop the CIFAR-100 archive on the page, or click Use sample data.");
    }
    if (this.#loaded?.summary.id === summary.id) return this.#loaded;
    this.#loaded = { summary, dataset: unpackDataset(await this.#store.read(), summary) };
    return this.#loaded;
  }

  /** Reads, then stores: what was stored before is replaced only by a data set that is whole. */
  async importFiles(files: readonly SourceFile[], onProgress: OnImportProgress, signal: AbortSignal): Promise<DatasetView> {
    return this.#keep(await importDataset(files, onProgress, signal), signal);
  }

  async useSample(signal: AbortSignal): Promise<DatasetView> {
    return this.#keep({ dataset: sampleDataset().dataset, source: "sample data", original: null }, signal);
  }

  /** Lets go of the images in memory: the data set was removed. */
  forget(): void {
    this.#loaded = null;
    this.#seen = null;
  }

  /** Training images of a class, or of all classes in turn for null, as thumbnails side by side. */
  async images(label: number | null, count: number): Promise<{ readonly labels: number[]; readonly rgba: Uint8ClampedArray }> {
    const { dataset } = await this.load();
    if (label !== null && label >= dataset.classes.length) {
      throw new RequestError(`there is no class ${label}`, `Choose a class below ${dataset.classes.length}.`);
    }
    const indices = label === null ? mixture(dataset, count) : firstOfClass(dataset.train, label, count);
    return { labels: indices.map((index) => dataset.train.fine[index]!), rgba: thumbnailsOf(dataset.train, indices) };
  }

  /** The first training image of every class that has one. */
  async classImages(): ReturnType<DataLibrary["images"]> {
    const { dataset } = await this.load();
    return this.images(null, dataset.classes.length);
  }

  async #stored(): Promise<DatasetSummary | null> {
    const stored = await this.#store.summary();
    const summary = stored === null ? null : parseSummary(stored);
    this.#seen = summary?.id ?? null;
    return summary;
  }

  async #keep(imported: ImportedDataset, signal: AbortSignal): Promise<DatasetView> {
    const summary = summarize(imported, SPLIT_SEED);
    const bytes = packDataset(imported.dataset);
    signal.throwIfAborted();
    await this.#store.write(summary, bytes);
    this.#seen = summary.id;
    // Views of the packed bytes: the arrays of the import can go.
    this.#loaded = { summary, dataset: unpackDataset(bytes, summary) };
    return viewOf(summary);
  }
}

/** Images side by side as RGBA, 4,096 bytes each. */
export function thumbnailsOf(examples: Examples, indices: readonly number[]): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(indices.length * IMAGE_RGBA_BYTES);
  indices.forEach((index, position) => {
    rgba.set(thumbnail(examples, index), position * IMAGE_RGBA_BYTES);
  });
  return rgba;
}

function viewOf(summary: DatasetSummary): DatasetView {
  return { ...summary, validationCount: splitTrainValidation(summary.trainCount, summary.splitSeed).validation.length };
}

function firstOfClass(examples: Examples, label: number, count: number): number[] {
  const indices: number[] = [];
  for (let index = 0; index < examples.count && indices.length < count; index++) {
    if (examples.fine[index] === label) indices.push(index);
  }
  return indices;
}

/** The first image of every class, then the second of every class, and so on. */
function mixture({ train, classes }: Dataset, count: number): number[] {
  const rounds = Math.ceil(count / classes.length);
  const byClass = classes.map((_, label) => firstOfClass(train, label, rounds));
  const indices: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const members of byClass) {
      const index = members[round];
      if (index !== undefined && indices.length < count) indices.push(index);
    }
  }
  return indices;
}
