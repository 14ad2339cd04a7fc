import { ConfigError } from "../base/errors";
import { permutation, randomStream } from "../base/random";

/**
 * Gives the training indices of any step: the epochs' permutations of `train` one after the other, cut into batches without regard to
 * where an epoch ends. A pure function of seed and step; keeps the last epoch's permutation, so steps in order cost one a epoch.
 */
export function batchSampler(train: Uint32Array, seed: number, batchSize: number): (step: number) => Uint32Array {
  if (train.length === 0) throw new ConfigError("training images: there are none", "Use a data set with at least 2 images.");
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new ConfigError(`batchSize: ${batchSize} is not a whole number of at least 1`, "Use a batch of 1 or more images.");
  }
  let cached: { readonly epoch: number; readonly order: Uint32Array } = { epoch: -1, order: new Uint32Array(0) };
  return (step) => {
    const batch = new Uint32Array(batchSize);
    for (let i = 0; i < batchSize; i++) {
      const position = step * batchSize + i;
      const epoch = Math.floor(position / train.length);
      if (cached.epoch !== epoch) cached = { epoch, order: epochOrder(train, seed, epoch) };
      batch[i] = cached.order[position % train.length]!;
    }
    return batch;
  };
}

/** The training indices of one epoch, shuffled: a function of seed and epoch. */
export function epochOrder(train: Uint32Array, seed: number, epoch: number): Uint32Array<ArrayBuffer> {
  return permutation(randomStream(seed, "order"), train.length, epoch).map((position) => train[position]!);
}

/** Whether the last image of an epoch of `images` training images is in the batch of that step. */
export function endsEpoch(step: number, batchSize: number, images: number): boolean {
  return Math.floor(((step + 1) * batchSize) / images) > Math.floor((step * batchSize) / images);
}

/** Where a training image comes up in an epoch: its step, and its place in that step's batch. Null where it is none of `train`. */
export function placeInEpoch(
  image: number,
  train: Uint32Array,
  { seed, epoch, batchSize }: { readonly seed: number; readonly epoch: number; readonly batchSize: number },
): { readonly step: number; readonly position: number } | null {
  const place = epochOrder(train, seed, epoch).indexOf(image);
  if (place < 0) return null;
  const taken = epoch * train.length + place;
  return { step: Math.floor(taken / batchSize), position: taken % batchSize };
}

/** The training indices of one step. */
export function batchIndices(train: Uint32Array, seed: number, step: number, batchSize: number): Uint32Array {
  return batchSampler(train, seed, batchSize)(step);
}
