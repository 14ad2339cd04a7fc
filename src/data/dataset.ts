/** Bytes of one 32 x 32 RGB image: 1,024 red, 1,024 green, 1,024 blue, each row-major, as in the binary archive. */
export const IMAGE_BYTES = 3072;
export const IMAGE_SIZE = 32;
export const IMAGE_CHANNELS = 3;

/** Labelled images; record i is images[3072 i .. 3072 (i + 1)), fine[i], coarse[i]. */
export interface Examples {
  readonly count: number;
  readonly images: Uint8Array;
  readonly fine: Uint8Array;
  readonly coarse: Uint8Array;
}

/** A CIFAR-100 shaped data set: any number of classes (at most 256) and superclasses. */
export interface Dataset {
  readonly train: Examples;
  readonly test: Examples;
  /** Names of the fine labels, in label order. */
  readonly classes: readonly string[];
  /** Names of the coarse labels, in label order. */
  readonly superclasses: readonly string[];
}

/** Where a data set came from and what identifies it; stored beside the bytes. */
export interface DatasetSummary {
  /** SHA-256 (hex) over images, fine and coarse labels of both parts and the names: equal data, equal id, whatever the archive kind. */
  readonly id: string;
  /** File name or "sample data". */
  readonly source: string;
  /** Set when the archive's checksum is a published one, for example "the original cifar-100-python.tar.gz". */
  readonly original: string | null;
  readonly trainCount: number;
  readonly testCount: number;
  readonly classes: readonly string[];
  readonly superclasses: readonly string[];
  /** Superclass index of each class, by majority over the training images. */
  readonly superclassOf: readonly number[];
  /** Seed of the train / validation split, chosen once for the data set so that all runs validate on the same images. */
  readonly splitSeed: number;
  /** Training images per class. */
  readonly trainPerClass: readonly number[];
  /** Test images per class. */
  readonly testPerClass: readonly number[];
}

/** Training and validation indices into `Dataset.train`. */
export interface TrainValidationSplit {
  readonly seed: number;
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}
