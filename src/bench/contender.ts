import type { OpenDevice } from "../kernels/device";

/** Who is measured: our engine, stock tfjs, jax-js. */
export const CONTENDER_NAMES = ["ours", "stock", "jaxjs"] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

/** A contender with its data on the device. */
export interface Contender {
  /** One repetition, waited for until the device is done. */
  run(): Promise<void>;
  dispose(): void;
}

/** What contenders share. The device is also that of the tensor engine, on stock kernels; jax-js opens one of its own. */
export interface BenchContext {
  readonly device: OpenDevice;
}

/** Uploads and compiles; the first run may still compile. */
export type Prepare = () => Promise<Contender>;

/** Something to measure. */
export interface BenchCase {
  readonly name: string;
  readonly unit: "ms";
  /** Operations one run asks for: the time of a case is that of one of them. */
  readonly repeats: number;
  /** Of one operation; null where the figure would say nothing. */
  readonly flops: number | null;
  readonly bytes: number | null;
  readonly images: number | null;
  /** Null where there is no such contender. */
  readonly contenders: Readonly<Record<ContenderName, Prepare | null>>;
}
