import type { ErrorValue } from "../base/errors";
import type { RunDescription, RunRecord, RunTrouble, TrainingStage } from "../model/run";
import type { HealthView } from "../protocol/health";
import type { QueueView } from "../protocol/queue";
import type {
  Activity,
  AssignmentSnapshotView,
  BranchTimingView,
  CheckpointView,
  ConfusedView,
  DatasetView,
  DeviceView,
  ElsewhereView,
  ExamplesView,
  LayerView,
  MirrorView,
  PreviewView,
  ProbeView,
  RankedView,
  RemovedView,
  StorageView,
  TriedView,
} from "../protocol/views";
import type { EvaluationPair } from "../splitnet/evaluation";
import type { SplitTree } from "../splitnet/tree";
import type { Verification } from "../splitnet/verification";
import { type ComparedFacts, NOTHING_COMPARED } from "./compared-facts";
import type { Curves } from "./curves";

/** What the engine has told so far; a pure function of its events. */
export interface Facts {
  readonly device: DeviceView;
  readonly activity: Activity;
  /** Whether the training under way stops at the end of its epoch. */
  readonly stopsAfterEpoch: boolean;
  /** Of this visit, one for each device and configuration that takes its own time. */
  readonly probes: readonly ProbeView[];
  /** As last asked for; null before. */
  readonly health: HealthView | null;
  /** What another tab does; null: none is at work, and everything can be changed here. */
  readonly elsewhere: ElsewhereView | null;
  readonly dataset: DatasetFact;
  readonly images: Images | null;
  /** One image of every class of the data set that has one; null until they were asked for. */
  readonly classImages: Images | null;
  /** The page of images looked at, and the one looked at closely, once they were asked for. */
  readonly examples: ExamplesView | null;
  readonly preview: PreviewView | null;
  /** Null until the engine has listed them. */
  readonly runs: readonly RunRecord[] | null;
  /** Names and notes by run. */
  readonly descriptions: Readonly<Record<string, RunDescription>>;
  /** What can be taken back; null until the engine has told. */
  readonly removed: readonly RemovedView[] | null;
  /** Null until the engine has told. */
  readonly mirror: MirrorView | null;
  /** Null until the engine has told. */
  readonly queue: QueueView | null;
  /** Null where the browser does not tell. */
  readonly storage: StorageView | null;
  readonly open: OpenRun | null;
  /** Checkpoints of the run that they were last asked for of. */
  readonly checkpoints: { readonly runId: string; readonly list: readonly CheckpointView[] } | null;
  /** What is known of runs side by side. */
  readonly compared: ComparedFacts;
  /** The run last saved as a file. */
  readonly saved: { readonly runId: string; readonly fileName: string; readonly file: Blob } | null;
  /** Newest first; dismissed by the person reading. */
  readonly failures: readonly Failure[];
  /** Newest last, the oldest dropped: what is announced and listed in the event log. */
  readonly notices: readonly Notice[];
  /** The engine itself is gone: nothing will change until the page is loaded anew. */
  readonly fatal: ErrorValue | null;
}

export type DatasetFact =
  | { readonly kind: "unknown" }
  | { readonly kind: "none" }
  | { readonly kind: "stored"; readonly dataset: DatasetView };

/** Thumbnails: image i is rgba[4096 i .. 4096 (i + 1)), 32 x 32. */
export interface Images {
  readonly labels: readonly number[];
  readonly rgba: Uint8ClampedArray;
}

/** Graphs run of all of them, then what they gave. */
export type ExportVerification =
  | { readonly kind: "running"; readonly done: number; readonly total: number }
  | ({ readonly kind: "done" } & Verification);

/** What came of the image last tried. */
export type TriedImage = ({ readonly kind: "done" } & TriedView) | { readonly kind: "failed"; readonly error: ErrorValue };

/** The run looked at, with everything told of it. */
export interface OpenRun {
  readonly record: RunRecord;
  readonly curves: Curves;
  readonly assignments: AssignmentSnapshotView | null;
  /** How the groups formed: kept snapshots in the order of their steps. */
  readonly history: readonly AssignmentSnapshotView[];
  readonly split: { readonly tree: SplitTree; readonly classGroups: readonly number[] } | null;
  readonly evaluation: EvaluationPair | null;
  /** The test images of a cell of the confusion matrix, once they were asked for. */
  readonly confused: ConfusedView | null;
  /** The layer last read from a checkpoint. */
  readonly layer: LayerView | null;
  /** The test images of a ranking, once they were asked for. */
  readonly ranked: RankedView | null;
  /** How long its networks take, as timed on this visit, until they change. */
  readonly timing: BranchTimingView | null;
  /** The image last tried, until the networks change. */
  readonly tried: TriedImage | null;
  readonly exported: { readonly fileName: string; readonly file: Blob } | null;
  /** How far the exported file has been verified, once that was asked for. */
  readonly verification: ExportVerification | null;
  readonly checkpoint: { readonly stage: TrainingStage; readonly step: number } | null;
  /** Where the engine was asleep while this run trained; of this visit only. */
  readonly sleeps: readonly Sleep[];
  /** Why storage refuses what the run has to store, null while it does not. */
  readonly unsaved: {
    readonly error: ErrorValue;
    readonly refused: { readonly fileName: string; readonly file: Blob } | null;
  } | null;
}

/** Before this step of the stage so much time went by without training. */
export interface Sleep {
  readonly stage: TrainingStage;
  readonly step: number;
  readonly seconds: number;
}

export interface Failure {
  readonly id: number;
  readonly error: ErrorValue;
}

/** Something worth a line in the log; `id` ascends, `time` is Unix milliseconds. */
export interface Notice {
  readonly id: number;
  readonly time: number;
  readonly what: NoticeContent;
}

export type NoticeContent =
  | { readonly kind: "troubled"; readonly trouble: RunTrouble }
  | { readonly kind: "deviceMissing" }
  | { readonly kind: "deviceFound"; readonly software: boolean }
  | { readonly kind: "stockKernels" }
  | { readonly kind: "loadingData"; readonly file: string }
  | { readonly kind: "dataStored"; readonly source: string; readonly images: number; readonly classes: number }
  | { readonly kind: "dataRemoved" }
  | { readonly kind: "dataFreed" }
  /** `createdAt` names the run; null where its record cannot be read. */
  | { readonly kind: "runRemoved" | "runRestored" | "runFreed"; readonly createdAt: number | null }
  | { readonly kind: "stageStarted"; readonly stage: TrainingStage; readonly steps: number }
  | { readonly kind: "stageProgressed"; readonly stage: TrainingStage; readonly step: number; readonly steps: number }
  | { readonly kind: "stageResumed"; readonly stage: TrainingStage; readonly step: number }
  | { readonly kind: "stagePaused"; readonly stage: TrainingStage; readonly step: number }
  | { readonly kind: "stageStopped"; readonly stage: TrainingStage; readonly step: number }
  | { readonly kind: "stopPlanned" | "stopTakenBack" }
  | { readonly kind: "stageFinished"; readonly stage: TrainingStage }
  | { readonly kind: "rewound"; readonly stage: TrainingStage; readonly step: number }
  | { readonly kind: "checkpoint"; readonly stage: TrainingStage; readonly step: number }
  | { readonly kind: "splitPlanned"; readonly savedParameters: number; readonly savedFlops: number }
  | { readonly kind: "evaluating" }
  | { readonly kind: "evaluated"; readonly unsplit: number; readonly split: number | null }
  | { readonly kind: "exporting" }
  | { readonly kind: "measuring" | "measured" }
  | { readonly kind: "exported"; readonly fileName: string }
  | { readonly kind: "exportVerified"; readonly within: boolean }
  | { readonly kind: "runSaved"; readonly fileName: string }
  | { readonly kind: "slept"; readonly seconds: number }
  | { readonly kind: "elsewhere"; readonly elsewhere: ElsewhereView | null }
  | { readonly kind: "mirrorOn" | "mirrorWaiting"; readonly folder: string }
  | { readonly kind: "mirrorOff" }
  | { readonly kind: "mirrorFailed"; readonly error: ErrorValue }
  | { readonly kind: "mirrorWorks" }
  | { readonly kind: "queueStarted"; readonly left: number }
  | { readonly kind: "queuePaused"; readonly left: number }
  | { readonly kind: "queueDone" }
  | { readonly kind: "failed"; readonly error: ErrorValue };

/** Before the engine has said anything. */
export const INITIAL_FACTS: Facts = {
  device: { kind: "probing" },
  activity: { kind: "idle" },
  stopsAfterEpoch: false,
  probes: [],
  health: null,
  elsewhere: null,
  dataset: { kind: "unknown" },
  images: null,
  classImages: null,
  examples: null,
  preview: null,
  runs: null,
  descriptions: {},
  removed: null,
  mirror: null,
  queue: null,
  storage: null,
  saved: null,
  open: null,
  checkpoints: null,
  compared: NOTHING_COMPARED,
  failures: [],
  notices: [],
  fatal: null,
};
