import type { ErrorValue } from "../base/errors";
import type { Config } from "./config";

/** The two stages that train. */
export type TrainingStage = "group" | "finetune";

/** Terms of the objective at the start of a step, each already times its weight; zero where a stage has no such term. */
export interface Losses {
  readonly crossEntropy: number;
  readonly l2: number;
  readonly overlap: number;
  readonly weightSplit: number;
  readonly uniform: number;
  readonly total: number;
}

/** One training step as recorded. */
export interface StepMetric extends Losses {
  readonly kind: "step";
  readonly stage: TrainingStage;
  /** Steps done before this one. */
  readonly step: number;
  readonly learningRate: number;
  /** Share of the batch classified right, 0..1. */
  readonly accuracy: number;
  /** Unix time in milliseconds. */
  readonly time: number;
}

/** One pass over the validation images after `step` steps. */
export interface ValidationMetric {
  readonly kind: "validation";
  readonly stage: TrainingStage;
  readonly step: number;
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
  readonly time: number;
}

export type Metric = StepMetric | ValidationMetric;

/** What is recorded at validations, and at every step: names in a ValidationMetric and in a StepMetric. */
export const VALIDATION_VALUES = ["top1", "top5", "loss"] as const;
export const STEP_VALUES = [
  "accuracy",
  "total",
  "crossEntropy",
  "l2",
  "overlap",
  "weightSplit",
  "uniform",
  "learningRate",
] as const;
/** A value that runs are compared by. */
export const COMPARABLE_METRICS = [...VALIDATION_VALUES, ...STEP_VALUES] as const;
export type ComparableMetric = (typeof COMPARABLE_METRICS)[number];

/** Runs compared at a time. */
export const MOST_COMPARED = 1000;
/** Runs whose curves are drawn at a time: as many as lines in a chart can be told apart. */
export const MOST_DRAWN = 12;

/** Where a stage was taken up again after a stop, a failure, a lost device or the end of the process. */
export interface Resume {
  readonly stage: TrainingStage;
  /** Steps done before the next one. */
  readonly step: number;
  /** Steps after it that had been taken before; their metrics are kept aside. */
  readonly retaken: number;
  /** Unix time in milliseconds. */
  readonly time: number;
}

/** What happened to a run that it survived, or is surviving: told as it happens, not stored. */
export type RunTrouble =
  /** Training goes on from `step` on a new device. */
  | { readonly kind: "deviceLost"; readonly reason: string; readonly stage: TrainingStage; readonly step: number }
  /** The last checkpoint was damaged; the one before it, of `step`, was read. */
  | { readonly kind: "previousCopy"; readonly stage: TrainingStage; readonly step: number }
  /** The last checkpoint of a finished stage was damaged: the `steps` after the one before it, of `step`, are taken again. */
  | { readonly kind: "retaking"; readonly stage: TrainingStage; readonly step: number; readonly steps: number }
  /** They are, and the checkpoint is stored again; `same`: with the losses that they had the first time. */
  | { readonly kind: "retaken"; readonly stage: TrainingStage }
  /** Storage refuses: training goes on in memory, and every checkpoint tries again. */
  | { readonly kind: "unsaved"; readonly error: ErrorValue }
  | { readonly kind: "savedAgain" }
  /** A step taken again came out otherwise than the first time. */
  | { readonly kind: "retakenDiffers"; readonly stage: TrainingStage; readonly step: number };

/**
 * How far a run has come. Each phase names the last thing that is complete or what is being done;
 * an interrupted `grouping` or `finetuning` is found in storage with its last checkpoint and can be resumed.
 */
export type RunPhase = "grouping" | "grouped" | "finetuning" | "finetuned";

/** What a person says of a run. */
export interface RunDescription {
  /** Instead of its date; empty for none. */
  readonly name: string;
  readonly notes: string;
}

export const LONGEST_NAME = 200;
export const LONGEST_NOTES = 10_000;

/** Checkpoints that are kept of a stage: the last, the one before it, and that of the best validation. */
export const CHECKPOINT_COPIES = ["last", "previous", "best"] as const;
export type CheckpointCopy = (typeof CHECKPOINT_COPIES)[number];

/** What a run begins with; its numbers follow from it and the device. */
export interface RunOrigin {
  readonly config: Config;
  readonly datasetId: string;
  readonly datasetSource: string;
  readonly classes: readonly string[];
  readonly superclasses: readonly string[];
  readonly superclassOf: readonly number[];
}

/** What weights are read from: files of weights alone, a bundle without its run, and a network that is not split. */
export const WEIGHT_FORMATS = ["safetensors", "tfjs", "onnx", "bundle", "unsplit"] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

/** The file that the weights of a run were read from. */
export interface WeightsOrigin {
  readonly format: WeightFormat;
  /** Labels of the parts that it held, such as "branch 2"; null: the whole network. */
  readonly parts: readonly string[] | null;
}

/** Everything known of a run but its bytes: stored as JSON beside checkpoints and metrics. */
export interface RunRecord extends RunOrigin {
  /** Lower-case letters, digits and hyphens; also a folder name. */
  readonly id: string;
  readonly createdAt: number;
  readonly phase: RunPhase;
  /** Steps done in the phase's stage at the last checkpoint. */
  readonly checkpointStep: number;
  readonly evaluated: boolean;
  /** The latest ones, in the order of their times. */
  readonly resumes: readonly Resume[];
  /** The run whose checkpoint it began with, null where it began with nothing. */
  readonly forkedFrom: { readonly runId: string; readonly stage: TrainingStage; readonly step: number } | null;
  /** Where its weights come from, null where it was trained here or elsewhere with the studio. */
  readonly importedFrom: WeightsOrigin | null;
  /** Why it stopped, if it failed. */
  readonly failure: ErrorValue | null;
}

/** Tells how far a run has come: what was read of it holds while this is the same. */
export function progressOf({ phase, checkpointStep, evaluated, resumes }: RunRecord): string {
  return [phase, checkpointStep, evaluated ? "evaluated" : "not evaluated", resumes.length].join(", ");
}
