import type { Config } from "../model/config";
import type { TrainingStage } from "../model/run";
import type { Facts } from "./facts";

/** The four verbs of the page. */
export type StageName = "group" | "split" | "evaluate" | "export";
export const STAGE_NAMES: readonly StageName[] = ["group", "split", "evaluate", "export"];

/** Why a stage cannot start now. */
export type Obstacle =
  | "engineGone"
  | "deviceProbing"
  | "deviceMissing"
  | "dataUnknown"
  | "noData"
  | "configInvalid"
  | "noHalfPrecision"
  | "busy"
  | "queue"
  | "elsewhere"
  | "noRun"
  | "interrupted"
  | "alreadySplit"
  | "notFinetuned"
  | "otherData";

/** What a stage's card shows: `done` stages may be startable again. */
export interface StageState {
  readonly status: "waiting" | "ready" | "active" | "done";
  /** Null when it can start now. */
  readonly obstacle: Obstacle | null;
}

/** What the form holds: null while it is no valid configuration. */
type FormConfig = Pick<Config, "precision"> | null;

/** State of one stage; the next run would start with `config`. */
export function stageState(stage: StageName, facts: Facts, config: FormConfig): StageState {
  const obstacle = obstacleOf(stage, facts, config);
  if (isActive(stage, facts)) return { status: "active", obstacle };
  if (isDone(stage, facts)) return { status: "done", obstacle };
  return { status: obstacle === null ? "ready" : "waiting", obstacle };
}

function obstacleOf(stage: StageName, facts: Facts, config: FormConfig): Obstacle | null {
  const general = generalObstacle(facts);
  if (general !== null) return general;
  // Exporting changes nothing that is stored, but needs a run that nobody changes.
  const { elsewhere, open } = facts;
  if (elsewhere !== null && (stage !== "export" || elsewhere.runId === open?.record.id)) return "elsewhere";
  if (stage === "group") return configObstacle(facts, config);
  const run = facts.open?.record;
  if (run === undefined) return "noRun";
  if (facts.dataset.kind === "stored" && run.datasetId !== facts.dataset.dataset.id) return "otherData";
  if (run.phase === "grouping" || run.phase === "finetuning") return "interrupted";
  if (stage === "split") return run.phase === "finetuned" ? "alreadySplit" : null;
  if (stage === "export") return run.phase === "finetuned" ? null : "notFinetuned";
  return null;
}

/** Why no image can be tried on the run looked at; null where one can. */
export function trialObstacle(facts: Facts): Obstacle | null {
  const { elsewhere, open, dataset } = facts;
  const general = generalObstacle(facts);
  if (general !== null) return general;
  if (open === null || open.record.phase === "grouping") return "noRun";
  // As exporting: nothing that is stored is changed, but nobody else may change the run meanwhile.
  if (elsewhere !== null && elsewhere.runId === open.record.id) return "elsewhere";
  return dataset.kind === "stored" && open.record.datasetId !== dataset.dataset.id ? "otherData" : null;
}

/** Why the branches cannot be timed now; null where they can. */
export function timingObstacle(facts: Facts): Obstacle | null {
  return trialObstacle(facts) ?? (facts.open?.record.phase === "grouped" ? "notFinetuned" : null);
}

function configObstacle({ device }: Facts, config: FormConfig): Obstacle | null {
  if (config === null) return "configInvalid";
  const halfMissing = "features" in device && !device.features.includes("shader-f16");
  return config.precision === "f16" && halfMissing ? "noHalfPrecision" : null;
}

function generalObstacle({ fatal, device, dataset, activity, queue }: Facts): Obstacle | null {
  if (fatal !== null) return "engineGone";
  if (activity.kind !== "idle") return queue?.running === true ? "queue" : "busy";
  if (device.kind === "missing") return "deviceMissing";
  if (dataset.kind === "none") return "noData";
  if (device.kind === "probing") return "deviceProbing";
  return dataset.kind === "unknown" ? "dataUnknown" : null;
}

/** The training stage a verb stands for. */
export function trainingStageOf(stage: StageName): TrainingStage | null {
  if (stage === "group") return "group";
  return stage === "split" ? "finetune" : null;
}

function isActive(stage: StageName, { activity }: Facts): boolean {
  switch (activity.kind) {
    case "training":
    case "paused":
      return activity.stage === trainingStageOf(stage);
    case "evaluating":
      return stage === "evaluate";
    case "exporting":
    case "verifying":
      return stage === "export";
    default:
      return false;
  }
}

function isDone(stage: StageName, { open }: Facts): boolean {
  if (open === null) return false;
  const { phase } = open.record;
  switch (stage) {
    case "group":
      return phase !== "grouping";
    case "split":
      return phase === "finetuned";
    case "evaluate":
      return open.evaluation !== null && (phase !== "finetuned" || open.evaluation.split !== null);
    case "export":
      return open.exported !== null;
    default:
      return stage satisfies never;
  }
}

/** Which of the three run controls make sense now. */
export interface RunControls {
  readonly pause: boolean;
  readonly stop: boolean;
  /** Run that `resume` would continue, null when there is none. */
  readonly resume: string | null;
}

export function runControls(facts: Facts): RunControls {
  const { activity, open } = facts;
  if (facts.fatal !== null) return { pause: false, stop: false, resume: null };
  if (activity.kind === "training") return { pause: true, stop: true, resume: null };
  if (activity.kind === "paused") return { pause: false, stop: true, resume: activity.runId };
  if (activity.kind === "evaluating" || activity.kind === "verifying" || activity.kind === "timing")
    return { pause: false, stop: true, resume: null };
  const interrupted = open?.record.phase === "grouping" || open?.record.phase === "finetuning";
  const startable = activity.kind === "idle" && facts.elsewhere === null && facts.device.kind !== "missing";
  const possible = startable && interrupted && facts.dataset.kind === "stored";
  return { pause: false, stop: false, resume: possible ? (open?.record.id ?? null) : null };
}
