import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { totalCost } from "../model/cost";
import type { RunRecord, TrainingStage } from "../model/run";
import type { QueueEntry } from "../protocol/queue";
import type { Facts } from "./facts";
import { isSameSpeed, probeFor } from "./probes";

/** Classes of CIFAR-100, until a data set says otherwise. */
const CIFAR_CLASSES = 100;

/** What is told of the queue's surroundings, as far as it matters to it. */
export type QueueFacts = Pick<
  Facts,
  "activity" | "runs" | "descriptions" | "probes" | "device" | "dataset" | "elsewhere" | "fatal"
>;

/** Whether an entry is in the queue and has still to be done. */
export function isLeft({ state, removedAt }: QueueEntry): boolean {
  return removedAt === null && state.kind !== "finished" && state.kind !== "failed";
}

/** The run that an entry became, null before. */
export function runIdOf({ state }: QueueEntry): string | null {
  return state.kind === "waiting" ? null : state.runId;
}

/** The recipe that an entry trains: of a control that of its learned run, whose groups it gets when its turn comes. Null where that run is gone. */
export function recipeOf({ job }: QueueEntry, runs: Facts["runs"]): Config | null {
  if (job.kind === "config") return job.config;
  const learned = runs?.find(({ id }) => id === job.runId)?.config;
  if (learned === undefined) return null;
  const grouping = job.kind === "control" && job.source === "unsplit" ? "1-1-1" : learned.grouping;
  return { ...learned, grouping, seed: job.seed };
}

/** Steps that a run has behind it, of each stage. */
export function stepsDone(record: RunRecord, { activity }: Pick<Facts, "activity">): Readonly<Record<TrainingStage, number>> {
  const { phase, checkpointStep, config } = record;
  const isLive = (activity.kind === "training" || activity.kind === "paused") && activity.runId === record.id;
  const stage = isLive ? activity.stage : phase === "grouping" ? "group" : "finetune";
  const step = isLive ? activity.step : phase === "grouped" ? 0 : checkpointStep;
  return stage === "group" ? { group: step, finetune: 0 } : { group: config.group.steps, finetune: step };
}

/** How much of an entry's training is done, 0..1; null before its run has begun. */
export function entryProgress(entry: QueueEntry, facts: QueueFacts): number | null {
  const record = facts.runs?.find(({ id }) => id === runIdOf(entry));
  if (record === undefined) return null;
  const done = stepsDone(record, facts);
  const { group, finetune } = record.config;
  return (done.group + done.finetune) / (group.steps + finetune.steps);
}

/** Seconds that an entry still takes, null where nothing is known of its speed. */
export function entrySeconds(entry: QueueEntry, facts: QueueFacts): number | null {
  const record = facts.runs?.find(({ id }) => id === runIdOf(entry));
  const config = record?.config ?? recipeOf(entry, facts.runs);
  if (config === null) return null;
  return secondsFor(config, facts, record === undefined ? NOTHING_DONE : stepsDone(record, facts));
}

const NOTHING_DONE = { group: 0, finetune: 0 };

/** Seconds that the steps still to do take: at the speed of what trains now where that is as fast, else as it was measured; else null. */
export function secondsFor(
  config: Config,
  facts: QueueFacts,
  done: Readonly<Record<TrainingStage, number>> = NOTHING_DONE,
): number | null {
  const left = { group: config.group.steps - done.group, finetune: config.finetune.steps - done.finetune };
  const rate = liveRate(config, facts);
  if (rate !== null) return (left.group * config.group.batchSize + left.finetune * config.finetune.batchSize) / rate;
  const { device, probes } = facts;
  if (!("description" in device)) return null;
  const probe = probeFor(probes, { config, classes: classesOf(facts), device: device.description });
  if (probe === null) return null;
  return left.group * probe.stages.group.secondsAStep + left.finetune * probe.stages.finetune.secondsAStep;
}

/** Images a second of the run in training, null where none trains or it takes its own time. */
function liveRate(config: Config, { activity, runs }: Pick<Facts, "activity" | "runs">): number | null {
  if (activity.kind !== "training" || !(activity.imagesPerSecond > 0)) return null;
  const running = runs?.find(({ id }) => id === activity.runId);
  return running !== undefined && isSameSpeed(running.config, config) ? activity.imagesPerSecond : null;
}

/** A sum of times of which some may not be known. */
export interface TotalTime {
  readonly seconds: number;
  /** Entries of which no time is known. */
  readonly unknown: number;
}

export function totalTime(times: readonly (number | null)[]): TotalTime {
  const known = times.filter((time) => time !== null);
  return { seconds: known.reduce((sum, time) => sum + time, 0), unknown: times.length - known.length };
}

/**
 * FLOPs of both stages at most, as if nothing was cut: three times those of a forward pass for every image, because the gradients with respect
 * to a layer's input and to its weights take as many as the layer itself.
 */
export function trainingFlops(config: Config, classes: number): number {
  const { group, finetune } = config;
  const images = group.steps * group.batchSize + finetune.steps * finetune.batchSize;
  return 3 * images * totalCost(groupingSpec(config, classes)).flops;
}

export function classesOf({ dataset }: Pick<Facts, "dataset">): number {
  return dataset.kind === "stored" ? dataset.dataset.classes.length : CIFAR_CLASSES;
}
