import type { ErrorValue } from "../base/errors";
import type { Metric, RunDescription, RunRecord, RunTrouble, TrainingStage } from "../model/run";
import type { EvaluationPair } from "../splitnet/evaluation";
import type { SplitTree } from "../splitnet/tree";
import type { Verification } from "../splitnet/verification";
import type { LinesView, SummariesView } from "./comparison";
import type { HealthView } from "./health";
import type { QueueView } from "./queue";
import type {
  Activity,
  AssignmentSnapshotView,
  AssignmentView,
  BlockMassView,
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
  RunView,
  StorageView,
  TriedView,
} from "./views";

/** Facts the worker publishes; the page draws nothing else. */
export type EngineEvent =
  | { readonly kind: "deviceProbed"; readonly device: DeviceView }
  | { readonly kind: "activityChanged"; readonly activity: Activity }
  /** Whether the training under way stops at the end of its epoch. */
  | { readonly kind: "stopPlanned"; readonly afterEpoch: boolean }
  | { readonly kind: "healthRead"; readonly health: HealthView }
  | { readonly kind: "probed"; readonly probe: ProbeView }
  /** So much time went by without the engine: the computer slept, or the tab was frozen. */
  | { readonly kind: "slept"; readonly milliseconds: number }
  /** Null: no other tab of the studio is at work. */
  | { readonly kind: "elsewhereChanged"; readonly elsewhere: ElsewhereView | null }
  /** Null: there is none, or it was removed. */
  | { readonly kind: "datasetChanged"; readonly dataset: DatasetView | null }
  /** `count` thumbnails side by side as RGBA, 32 x 32 each: 4,096 bytes an image; `labels[i]` is the class of image i. */
  | { readonly kind: "imagesLoaded"; readonly labels: readonly number[]; readonly rgba: Uint8ClampedArray }
  /** The first training image of every class that has one, in the same form. */
  | { readonly kind: "classImagesLoaded"; readonly labels: readonly number[]; readonly rgba: Uint8ClampedArray }
  | { readonly kind: "examplesLoaded"; readonly examples: ExamplesView }
  | { readonly kind: "imagePreviewed"; readonly preview: PreviewView }
  | { readonly kind: "storageMeasured"; readonly storage: StorageView }
  /** All that was removed and can be taken back. */
  | { readonly kind: "removedChanged"; readonly removed: readonly RemovedView[] }
  | { readonly kind: "mirrorChanged"; readonly mirror: MirrorView }
  | { readonly kind: "queueChanged"; readonly queue: QueueView }
  | { readonly kind: "runsListed"; readonly runs: readonly RunRecord[] }
  /** By run; those without are left out. */
  | { readonly kind: "runsDescribed"; readonly descriptions: Readonly<Record<string, RunDescription>> }
  /** The page now looks at this run; everything known of it follows in the events below. */
  | { readonly kind: "runOpened"; readonly run: RunView }
  /** How the groups of the run formed, in the order of the steps: what is stored, and what is not yet. */
  | { readonly kind: "historyRead"; readonly runId: string; readonly history: readonly AssignmentSnapshotView[] }
  | { readonly kind: "runChanged"; readonly record: RunRecord }
  | { readonly kind: "metricsRecorded"; readonly runId: string; readonly metrics: readonly Metric[] }
  /** Metrics of the stage from this step on are void: the run was resumed there. */
  | { readonly kind: "metricsRewound"; readonly runId: string; readonly stage: TrainingStage; readonly step: number }
  /** `kept`: they belong to the history of the run. */
  | {
      readonly kind: "assignmentsChanged";
      readonly runId: string;
      readonly step: number;
      readonly assignments: readonly AssignmentView[];
      /** Null where they are not kept, or were not by the version that trained. */
      readonly blocks: readonly BlockMassView[] | null;
      readonly kept: boolean;
    }
  | { readonly kind: "checkpointWritten"; readonly runId: string; readonly stage: TrainingStage; readonly step: number }
  /** With the checkpoint that storage refused, where it refused one. */
  | {
      readonly kind: "runTroubled";
      readonly runId: string;
      readonly trouble: RunTrouble;
      readonly refused: { readonly fileName: string; readonly file: Blob } | null;
    }
  /** `classGroups[class]` is its group. */
  | { readonly kind: "splitPlanned"; readonly runId: string; readonly tree: SplitTree; readonly classGroups: readonly number[] }
  | { readonly kind: "evaluated"; readonly runId: string; readonly evaluation: EvaluationPair }
  | { readonly kind: "confusedLoaded"; readonly confused: ConfusedView }
  | { readonly kind: "checkpointsListed"; readonly runId: string; readonly checkpoints: readonly CheckpointView[] }
  | { readonly kind: "runsSummarized"; readonly view: SummariesView }
  | { readonly kind: "linesLoaded"; readonly view: LinesView }
  | { readonly kind: "layerLoaded"; readonly layer: LayerView }
  | { readonly kind: "rankedLoaded"; readonly ranked: RankedView }
  | { readonly kind: "imageTried"; readonly tried: TriedView }
  /** It could not be tried: a `requestFailed` says the same. */
  | { readonly kind: "imageNotTried"; readonly runId: string; readonly error: ErrorValue }
  | { readonly kind: "branchesTimed"; readonly timing: BranchTimingView }
  | { readonly kind: "exported"; readonly runId: string; readonly fileName: string; readonly file: Blob }
  /** So many graphs of the exported bundle have been run, of all of them. */
  | { readonly kind: "exportVerifying"; readonly runId: string; readonly done: number; readonly total: number }
  | { readonly kind: "exportVerified"; readonly runId: string; readonly verification: Verification }
  /** It could not be verified: a `requestFailed` says why. */
  | { readonly kind: "exportUnverified"; readonly runId: string }
  /** The run with its checkpoints, or its metrics, as one file. */
  | { readonly kind: "runSaved"; readonly runId: string; readonly fileName: string; readonly file: Blob }
  /** A request was refused or what it started failed; nothing stored was changed by the failure. */
  | { readonly kind: "requestFailed"; readonly requestId: number; readonly error: ErrorValue };

/** Version of this protocol; page and worker of different builds refuse each other. */
export const PROTOCOL_VERSION = 1;

/** What travels from worker to page. Sequence numbers count from 0 without gaps. */
export interface EventMessage {
  readonly version: typeof PROTOCOL_VERSION;
  readonly sequence: number;
  readonly event: EngineEvent;
}
