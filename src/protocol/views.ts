import type { ErrorValue } from "../base/errors";
import type { FolderHandle } from "../base/folder-handle";
import type { Histogram } from "../base/histogram";
import type { Config } from "../model/config";
import type { CurveColumns } from "../model/curve-columns";
import type { CheckpointCopy, RunRecord, TrainingStage } from "../model/run";
import type { Ranking } from "../splitnet/certainty";
import type { WeightPicture } from "../splitnet/weight-picture";
import type { ExampleChoice } from "./commands";

/** The adapter and what it can do; `kind` says whether training on it is sensible. */
export type DeviceView =
  | { readonly kind: "probing" }
  | {
      readonly kind: "hardware" | "software";
      readonly description: string;
      readonly features: readonly string[];
      readonly maxBufferBytes: number;
      readonly kernels: KernelsView;
    }
  | { readonly kind: "missing"; readonly error: ErrorValue; readonly obstacle: ObstacleView };

export type BrowserName = "chrome" | "edge" | "firefox" | "safari" | "other";
export type SystemName = "windows" | "macos" | "linux" | "chromeos" | "android" | "ios" | "other";

/** What stands between the page and a device. */
export interface ObstacleView {
  /** The page is not loaded securely, the browser has no WebGPU, that finds no adapter, or the adapter gives no device. */
  readonly why: "insecure" | "noWebGpu" | "noAdapter" | "refused";
  readonly browser: BrowserName;
  /** Null where it cannot be read. */
  readonly version: number | null;
  readonly system: SystemName;
}

/** Which kernels compute: untested before the first computation, stock ones where our own got a step wrong, for the reason given. */
export type KernelsView =
  | { readonly kind: "untested" }
  | { readonly kind: "own" }
  | { readonly kind: "stock"; readonly reason: string };

/** What the engine is doing right now. Illegal combinations are not representable. */
export type Activity =
  | { readonly kind: "idle" }
  | { readonly kind: "loadingData"; readonly file: string; readonly bytesDone: number; readonly bytesTotal: number | null }
  | {
      readonly kind: "training";
      readonly runId: string;
      readonly stage: TrainingStage;
      readonly step: number;
      readonly steps: number;
      readonly imagesPerSecond: number;
      readonly secondsLeft: number | null;
    }
  | {
      readonly kind: "paused";
      readonly runId: string;
      readonly stage: TrainingStage;
      readonly step: number;
      readonly steps: number;
    }
  | { readonly kind: "evaluating"; readonly runId: string; readonly imagesDone: number; readonly imagesTotal: number }
  /** Files of the bundle that are made, of all of them; null until they are known. */
  | { readonly kind: "exporting"; readonly runId: string; readonly filesDone: number; readonly filesTotal: number | null }
  /** Graphs of the bundle that were run in other programs, of all of them, before it is packed; of 0 while those are loaded. */
  | { readonly kind: "verifying"; readonly runId: string; readonly done: number; readonly total: number }
  /** The networks of the run look at one image. */
  | { readonly kind: "trying"; readonly runId: string }
  /** Of all pairs of a network and a batch size so many are timed. */
  | { readonly kind: "timing"; readonly runId: string; readonly done: number; readonly total: number }
  /** So many steps of the stage are timed. */
  | { readonly kind: "measuring"; readonly stage: TrainingStage; readonly step: number; readonly steps: number };

/** How fast a configuration trains on the device, and what of it. */
export interface ProbeView {
  readonly config: Config;
  readonly classes: number;
  /** The adapter that computed. */
  readonly device: string;
  readonly stages: Readonly<Record<TrainingStage, ProbedStage>>;
}

export interface ProbedStage {
  /** Median of the steps that were timed. */
  readonly secondsAStep: number;
  readonly imagesASecond: number;
  readonly stepsTimed: number;
  /** Bytes of the device with the images of the data set, null where they are not known. */
  readonly deviceBytes: number | null;
}

/** What another tab of the studio does; while it does, nothing can be changed here. */
export interface ElsewhereView {
  /** Null until the other tab has told. */
  readonly work: "training" | "evaluating" | "loadingData" | "removing" | "describing" | "queueing" | null;
  readonly runId: string | null;
}

/** The stored data set as the page shows it. */
export interface DatasetView {
  readonly id: string;
  readonly source: string;
  readonly original: string | null;
  readonly trainCount: number;
  readonly testCount: number;
  readonly validationCount: number;
  readonly splitSeed: number;
  readonly classes: readonly string[];
  readonly superclasses: readonly string[];
  readonly superclassOf: readonly number[];
  readonly trainPerClass: readonly number[];
  readonly testPerClass: readonly number[];
}

/** A page of images of one part of the data. */
export interface ExamplesView {
  readonly choice: ExampleChoice;
  readonly offset: number;
  /** How many there are of the choice. */
  readonly total: number;
  /** Those of this page: place in the archive's training or test images, and class. */
  readonly images: readonly { readonly index: number; readonly label: number }[];
  /** Thumbnails side by side as RGBA, 32 x 32 each: 4,096 bytes an image. */
  readonly rgba: Uint8ClampedArray;
  /** Images of each class in every part. */
  readonly perClass: Readonly<Record<ExampleChoice["part"], readonly number[]>>;
}

/** An image as it is and as the network sees it. */
export interface PreviewView {
  readonly part: ExampleChoice["part"];
  readonly index: number;
  readonly label: number;
  readonly seed: number;
  readonly stage: TrainingStage;
  /** How it is trained on, an epoch each; none for images that are not. */
  readonly draws: readonly PreviewDraw[];
  /** Thumbnails side by side: the original, as evaluated, then the draws. */
  readonly rgba: Uint8ClampedArray;
}

/** A crop moved so many pixels down and right from the middle of the padded image, mirrored or not. */
export interface PreviewDraw {
  readonly epoch: number;
  readonly step: number;
  readonly down: number;
  readonly right: number;
  readonly flip: boolean;
}

/** What the browser keeps of the studio, in bytes. */
export interface StorageView {
  /** Of everything this site has stored, and of what the browser allows it; both are the browser's estimates. */
  readonly used: number;
  readonly allowed: number;
  /** Whether the browser has promised not to remove it when the disk is short. */
  readonly persistent: boolean;
  readonly dataset: number;
  /** Checkpoints and other files of each run, all copies. */
  readonly runs: Readonly<Record<string, number>>;
  /** Of what was removed and not freed yet. */
  readonly removed: number;
}

/** What was removed and can be taken back; `bytes` are stored until it is freed. Null where the stored value cannot be read. */
export type RemovedView =
  | { readonly kind: "run"; readonly runId: string; readonly createdAt: number | null; readonly bytes: number }
  | { readonly kind: "dataset"; readonly source: string | null; readonly bytes: number };

/** Where runs are mirrored into; times are Unix milliseconds. */
export type MirrorView =
  | { readonly kind: "off" }
  /** The browser asks the person again before it writes. */
  | { readonly kind: "waiting"; readonly folder: FolderHandle; readonly writtenAt: number | null }
  /** Why the last copy failed, until one succeeds. */
  | {
      readonly kind: "on";
      readonly folder: string;
      readonly writtenAt: number | null;
      readonly failure: ErrorValue | null;
    };

/** Assignment probabilities of one space: `probabilities[group * size + member]`. */
export interface AssignmentView {
  readonly space: string;
  readonly groups: number;
  readonly size: number;
  readonly probabilities: Float32Array;
}

/** Test images of a run, and what a network of it makes of each. */
export interface TestedImages {
  readonly runId: string;
  readonly network: "unsplit" | "split";
  /** How many there are; as many as fit are shown. */
  readonly total: number;
  /** One for each image that is shown. */
  readonly verdicts: readonly Verdict[];
  /** Thumbnails side by side as RGBA, 32 x 32 each: 4,096 bytes an image. */
  readonly rgba: Uint8ClampedArray;
}

/** An image's class, what it was taken for, and the probabilities of both; null where the evaluation kept none. */
export interface Verdict {
  readonly truth: number;
  readonly predicted: number;
  readonly scores: { readonly truth: number; readonly predicted: number } | null;
}

/** Those of class `truth` that the network takes for class `predicted`. */
export interface ConfusedView extends TestedImages {
  readonly truth: number;
  readonly predicted: number;
}

/** The first of a ranking, of class `label` alone unless it is null. */
export interface RankedView extends TestedImages {
  readonly ranking: Ranking;
  readonly label: number | null;
}

/** What the networks of a run make of one image; `split` is null before the split. */
export interface TriedView {
  readonly runId: string;
  readonly image:
    | { readonly kind: "file"; readonly name: string }
    | { readonly kind: "test"; readonly index: number; readonly label: number };
  /** What they were fed: 32 x 32 as RGBA, 4,096 bytes. */
  readonly rgba: Uint8ClampedArray;
  readonly unsplit: TrialView;
  readonly split: TrialView | null;
}

export interface TrialView {
  /** Softmax over all logits, by class. */
  readonly probabilities: Float32Array;
  /** Mean of what the last layer reads, by group of its channels; null for a group without channels. */
  readonly groupMeans: readonly (number | null)[];
}

/** How long a run's networks take: on one device each, and with a device for the trunk and for every branch. */
export interface BranchTimingView {
  readonly runId: string;
  /** The adapter that computed, and whether that is a program on the processor. */
  readonly device: string;
  readonly software: boolean;
  /** Devices open at a time for trunk and branches. */
  readonly devices: number;
  readonly batches: readonly TimedBatchView[];
}

export interface TimedBatchView {
  readonly batch: number;
  /** Median seconds a batch; null where it does not fit the device. */
  readonly seconds: { readonly unsplit: number; readonly split: number; readonly parallel: number } | null;
  /** Largest between the logits of the parts and of the split network on one device, of its largest logit. */
  readonly difference: number | null;
}

/** A stored checkpoint of a run; `top1` is its own validation, 0..1, null where it has none. */
export type CheckpointView = { readonly stage: TrainingStage; readonly copy: CheckpointCopy } & (
  | { readonly kind: "good"; readonly step: number; readonly top1: number | null }
  | { readonly kind: "damaged"; readonly error: ErrorValue }
);

/** Sums of squares of one layer's weights by block: `mass[inputGroup * groups + outputGroup]`. */
export interface BlockMassView {
  readonly layer: string;
  readonly groups: number;
  readonly mass: Float32Array;
}

/** One layer at a stage's last checkpoint. */
export interface LayerView {
  readonly runId: string;
  readonly stage: TrainingStage;
  readonly layer: string;
  /** Steps done at the checkpoint. */
  readonly step: number;
  readonly picture: WeightPicture;
  /** Momentum is the smoothed gradient; scales are those of the batch norm that the layer reads, missing where it reads none. */
  readonly histograms: readonly { readonly of: "weights" | "momentum" | "scales"; readonly histogram: Histogram }[];
}

/** Assignments of every grouped space after so many steps of stage 1. */
export interface AssignmentSnapshotView {
  readonly step: number;
  readonly spaces: readonly AssignmentView[];
  /** Of every layer that the split will cut; null where none are known of this moment. */
  readonly blocks: readonly BlockMassView[] | null;
}

/** A run opened in the page: its record and its curves. */
export interface RunView {
  readonly record: RunRecord;
  /** Every recorded point. */
  readonly curves: CurveColumns;
}
