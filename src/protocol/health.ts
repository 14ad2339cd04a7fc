import type { TrainingStage } from "../model/run";
import type { KernelsView } from "./views";

/** How the engine and what it runs on are doing: nothing in it tells of a person or of their data. */
export interface HealthView {
  readonly version: string;
  /** Null while no device is open. */
  readonly device: DeviceHealth | null;
  /** Of the training under way, or of the last one; null before the first report. */
  readonly speed: SpeedHealth | null;
  readonly storage: StorageHealth;
  readonly browser: BrowserHealth;
}

export interface DeviceHealth {
  readonly software: boolean;
  /** As the browser tells them; empty where it does not. */
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly driver: string;
  readonly features: readonly string[];
  /** Those that decide what fits, by their WebGPU names. */
  readonly limits: Readonly<Record<string, number>>;
  readonly kernels: KernelsView;
  /** Held by the studio's own kernels at this moment; the tensor engine does not tell. */
  readonly bytes: number;
  readonly buffers: number;
}

export interface SpeedHealth {
  readonly stage: TrainingStage;
  readonly imagesASecond: NowAndMedian;
  readonly millisecondsAStep: NowAndMedian;
}

/** The last report, and the median of the last few. */
export interface NowAndMedian {
  readonly now: number;
  readonly median: number;
}

export interface StorageHealth {
  /** Where checkpoints lie; null where storage cannot be opened. */
  readonly filesIn: "OPFS" | "IndexedDB" | null;
  /** The browser's estimates; null where it makes none. */
  readonly estimate: { readonly used: number; readonly allowed: number; readonly persistent: boolean } | null;
}

export interface BrowserHealth {
  readonly userAgent: string;
  readonly hasWebGpu: boolean;
  readonly isSecureContext: boolean;
  readonly crossOriginIsolated: boolean;
  readonly hasLocks: boolean;
  /** Logical processors; null where the browser does not tell. */
  readonly processors: number | null;
}
