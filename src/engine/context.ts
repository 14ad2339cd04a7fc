import type { HostTensor } from "../base/tensor";
import type { Dataset, DatasetSummary } from "../data/dataset";
import type { Config } from "../model/config";
import type { Metric, RunRecord, RunTrouble, TrainingStage } from "../model/run";
import type { EvaluationPair } from "../splitnet/evaluation";
import type { SplitTree } from "../splitnet/tree";
import type { RunStore } from "../storage/stores";
import type { Evaluated, EvaluateOptions, Network } from "../train/evaluate";
import type { FitFact } from "../train/facts";
import type { FitOptions } from "../train/fit";
import type { TrainState } from "../train/state";
import type { RunControl } from "./control";

/** What computes: the device in the studio, stand-ins in tests. */
export interface Compute {
  /** Throws ConfigError for a configuration that this device cannot train. */
  check(config: Config): Promise<void>;
  fit(options: FitOptions): AsyncGenerator<FitFact, TrainState, void>;
  evaluate(network: Network, options: EvaluateOptions): Promise<Evaluated>;
}

/** What a stage of a run needs of the world around it. */
export interface EngineContext {
  readonly dataset: Dataset;
  readonly summary: DatasetSummary;
  readonly runs: RunStore;
  readonly compute: Compute;
  readonly control: RunControl;
  /** Whether somebody can free storage and resume while a finished stage waits for it; without, it fails. */
  readonly attended: boolean;
  readonly observer: (fact: EngineFact) => void;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Lets waiting messages in; awaited between two facts of training. */
  readonly breathe: () => Promise<void>;
  /** Does work that trains and changes what is stored of the run, while nobody else can. */
  readonly alone: <Value>(runId: string, work: () => Promise<Value>) => Promise<Value>;
}

/** What is needed to look at runs and change their records. */
export type RunContext = Pick<EngineContext, "runs" | "summary" | "observer">;

/** What stages report, in the order in which it happened. */
export type EngineFact =
  /** The record as stored now. */
  | { readonly kind: "recorded"; readonly record: RunRecord }
  | { readonly kind: "exporting"; readonly runId: string; readonly filesDone: number; readonly filesTotal: number }
  | { readonly kind: "metrics"; readonly runId: string; readonly metrics: readonly Metric[] }
  /** Metrics of the stage from this step on are void. */
  | { readonly kind: "rewound"; readonly runId: string; readonly stage: TrainingStage; readonly step: number }
  | {
      readonly kind: "progress";
      readonly runId: string;
      readonly stage: TrainingStage;
      /** Steps done, of all steps of the stage. */
      readonly step: number;
      readonly steps: number;
      /** Images a second of the steps just reported; null before the first. */
      readonly imagesPerSecond: number | null;
      /** Images a step. */
      readonly batchSize: number;
      /** Images of the steps still to do. */
      readonly imagesLeft: number;
    }
  | {
      readonly kind: "paused";
      readonly runId: string;
      readonly stage: TrainingStage;
      readonly step: number;
      readonly steps: number;
    }
  | {
      readonly kind: "assignments";
      readonly runId: string;
      readonly step: number;
      readonly assignments: ReadonlyMap<string, HostTensor>;
      /** Whether they belong to the history of the run. */
      readonly kept: boolean;
      /** Block masses [groups, groups] by layer of a moment that is kept, null of others. */
      readonly blocks: ReadonlyMap<string, HostTensor> | null;
    }
  | { readonly kind: "checkpointed"; readonly runId: string; readonly stage: TrainingStage; readonly step: number }
  /** With the checkpoint that storage refused, where it refused one. */
  | {
      readonly kind: "troubled";
      readonly runId: string;
      readonly trouble: RunTrouble;
      readonly refused: RefusedFile | null;
    }
  | { readonly kind: "planned"; readonly runId: string; readonly tree: SplitTree; readonly classGroups: readonly number[] }
  | { readonly kind: "evaluating"; readonly runId: string; readonly imagesDone: number; readonly imagesTotal: number }
  | { readonly kind: "evaluated"; readonly runId: string; readonly evaluation: EvaluationPair };

/** A file that storage did not take. */
export interface RefusedFile {
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How a training stage ended. */
export type StageOutcome = "finished" | "stopped";
