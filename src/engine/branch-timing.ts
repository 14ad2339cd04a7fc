import { RequestError } from "../base/errors";
import { estimateMemory } from "../model/memory";
import { handedChannels, type LeafLogits, mergedLogits, shareOf } from "../splitnet/part-values";
import { allParts, type NetworkPart } from "../splitnet/parts";

/** Images at a time. */
export const TIMED_BATCHES = [1, 4, 16, 64, 256] as const;

/** The three ways to compute: before the split and after it on one device, and after it with a device for every part. */
export const WAYS = ["unsplit", "split", "parallel"] as const;
export type Way = (typeof WAYS)[number];

/** A network that stands on a device of its own and computes for batches of one size. */
export interface PartHost {
  prepare(part: HostedPart, batch: number): Promise<void>;
  /** The values are handed over. */
  run(values: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  /** What is under way fails; closing once more does nothing. */
  close(): void;
}

export type HostedPart = Pick<NetworkPart, "spec" | "tensors" | "output">;

/** A whole network on one device. */
export interface WholeNetwork extends HostedPart {
  readonly classOrder: readonly number[];
}

export interface BranchTimingOptions {
  readonly unsplit: WholeNetwork;
  readonly split: WholeNetwork;
  readonly root: NetworkPart;
  readonly batches: readonly number[];
  /** Images [batch, 32, 32, 3] as networks take them. */
  readonly images: (batch: number) => Float32Array;
  readonly openHost: () => PartHost;
  /** The largest activation that a device can bind, in bytes. */
  readonly largestBytes: number;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Told before the first and after each pair of a way and a batch size. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface TimedBatch {
  readonly batch: number;
  /** Median seconds a batch; null where the batch does not fit the device. */
  readonly seconds: Readonly<Record<Way, number>> | null;
  /** Between the logits of the parts and those of the split network on one device, of its largest logit; null where nothing was computed. */
  readonly difference: number | null;
}

/** Repetitions behind one untimed one: at least so many, and no more once they have taken long enough. */
const LEAST_RUNS = 3;
const MOST_RUNS = 9;
const ENOUGH_MS = 2000;

/** Times each way for each batch size, one way after the other, so that no other's devices are open meanwhile. */
export async function timeBranches(options: BranchTimingOptions): Promise<TimedBatch[]> {
  const fitting = options.batches.filter((batch) => fits(options, batch));
  const [smallest] = options.batches;
  if (fitting.length === 0) {
    throw new RequestError(`not even ${smallest} image fits the device`, "Choose a smaller network.");
  }
  const total = WAYS.length * fitting.length;
  options.onProgress(0, total);
  const timed = new Map<Way, Timed[]>();
  for (const way of WAYS) {
    const before = timed.size * fitting.length;
    timed.set(way, await timeWay(options, way, fitting, (done) => options.onProgress(before + done, total)));
  }
  return options.batches.map((batch) => {
    const at = fitting.indexOf(batch);
    const [unsplit, split, parallel] = WAYS.map((way) => timed.get(way)?.[at]);
    if (unsplit === undefined || split === undefined || parallel === undefined) return { batch, seconds: null, difference: null };
    const seconds = { unsplit: unsplit.seconds, split: split.seconds, parallel: parallel.seconds };
    return { batch, seconds, difference: largestDifference(parallel.logits, split.logits) };
  });
}

/** Every activation must fit one buffer of the device; the unsplit network has the largest. */
function fits({ unsplit, split, largestBytes }: BranchTimingOptions, batch: number): boolean {
  return [unsplit, split].every(({ spec }) => estimateMemory(spec, batch, "f32").largestActivationBytes <= largestBytes);
}

interface Timed {
  readonly seconds: number;
  /** In class order. */
  readonly logits: Float32Array;
}

async function timeWay(
  options: BranchTimingOptions,
  way: Way,
  batches: readonly number[],
  onDone: (done: number) => void,
): Promise<Timed[]> {
  const arranged = way === "parallel" ? treeOfHosts(options) : wholeOnHost(options, options[way]);
  // A stop does not wait for the devices.
  const stop = (): void => arranged.close();
  options.signal.addEventListener("abort", stop);
  try {
    const timed: Timed[] = [];
    for (const batch of batches) {
      await arranged.prepare(batch);
      timed.push(await timeRuns(options, batch, arranged.run));
      onDone(timed.length);
    }
    return timed;
  } finally {
    options.signal.removeEventListener("abort", stop);
    arranged.close();
  }
}

async function timeRuns(
  { images, now, signal }: BranchTimingOptions,
  batch: number,
  run: (values: Float32Array) => Promise<Float32Array>,
): Promise<Timed> {
  const values = images(batch);
  const logits = await run(values);
  const milliseconds: number[] = [];
  const began = now();
  while (milliseconds.length < LEAST_RUNS || (milliseconds.length < MOST_RUNS && now() - began < ENOUGH_MS)) {
    signal.throwIfAborted();
    const start = now();
    await run(values);
    milliseconds.push(now() - start);
  }
  const sorted = milliseconds.sort((a, b) => a - b);
  return { seconds: sorted[sorted.length >> 1]! / 1000, logits };
}

/** Hosts that together compute logits [batch, classes] in class order. */
interface Arrangement {
  prepare(batch: number): Promise<void>;
  run(values: Float32Array): Promise<Float32Array>;
  close(): void;
}

function wholeOnHost({ openHost }: BranchTimingOptions, whole: WholeNetwork): Arrangement {
  const host = openHost();
  return {
    prepare: (batch) => host.prepare(whole, batch),
    run: async (values) => mergedLogits([{ logits: await host.run(values.slice()), classes: whole.classOrder }]),
    close: () => host.close(),
  };
}

/** Branches of one part compute at the same time, as soon as it has handed over. */
function treeOfHosts({ openHost, root }: BranchTimingOptions): Arrangement {
  const hosts = new Map(allParts(root).map((part) => [part, openHost()]));
  const leavesOf = async (part: NetworkPart, values: Float32Array<ArrayBuffer>): Promise<LeafLogits[]> => {
    const output = await hosts.get(part)!.run(values);
    if (part.classes !== null) return [{ logits: output, classes: part.classes }];
    const channels = handedChannels(part);
    const below = part.children.map((child) =>
      leavesOf(child, child.takes === null ? output.slice() : shareOf(output, channels, child.takes)),
    );
    return (await Promise.all(below)).flat();
  };
  return {
    prepare: async (batch) => {
      for (const [part, host] of hosts) await host.prepare(part, batch);
    },
    run: async (values) => mergedLogits(await leavesOf(root, values.slice())),
    close: () => {
      for (const host of hosts.values()) host.close();
    },
  };
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  let [difference, largest] = [0, 0];
  expected.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(actual[index]! - value));
  });
  return largest === 0 ? difference : difference / largest;
}
