import { CheckpointError, RequestError } from "../base/errors";
import { type HostTensor, tensorNamed } from "../base/tensor";
import { type Config, parseConfig } from "../model/config";
import type { ControlSource } from "../model/control-plan";
import type { GroupSource } from "../model/fixed-groups";
import { parseGrouping } from "../model/grouping";
import { weightedLayers } from "../model/lookup";
import { weightsName } from "../model/parameters";
import type { RunRecord } from "../model/run";
import { clusteringGroups } from "../splitnet/clustering";
import { discretize } from "../splitnet/discretize";
import { randomGroups, semanticGroups } from "../splitnet/group-sources";
import { groupSizes, type Partitions } from "../splitnet/partition";
import type { TrainState } from "../train/state";
import { finetuneTraining, groupTraining, storedPlan } from "./networks";
import { type CheckpointFiles, lastCheckpoint, type StageNetwork } from "./stored-checkpoint";

/** A run that learned its groups, as what its controls are made from. */
export interface LearnedRun {
  readonly record: RunRecord;
  readonly partitions: Partitions;
}

/**
 * The groups that a run has learned: those it was split by, else those that it would be. Throws RequestError where it has none to compare with,
 * CheckpointError where its files are damaged.
 */
export async function learnedRun(files: CheckpointFiles, record: RunRecord): Promise<LearnedRun> {
  const { config, phase, id } = record;
  if (config.fixedGroups !== null) throw unlearned(record, `was given its groups (${config.fixedGroups.source})`);
  if (parseGrouping(config.grouping).classes === 1) throw unlearned(record, "is not split");
  if (phase === "finetuning" || phase === "finetuned")
    return { record, partitions: (await storedPlan(files, record)).partitions };
  if (phase === "grouping")
    throw new RequestError(`run ${id} has not finished Group`, "Resume it, and wait until it is grouped.");
  const training = groupTraining(record);
  const { parameters } = await lastState(files, record, training);
  return { record, partitions: discretize(training.spec, parameters, "assign-nearest") };
}

/** The state at the end of a finished stage; where it is damaged, the one before it is not what the run came to. */
async function lastState(files: CheckpointFiles, record: RunRecord, network: StageNetwork): Promise<TrainState> {
  const state = await lastCheckpoint(files, record, network);
  if (state?.step === record.config[network.stage].steps) return state;
  throw new CheckpointError(
    `the last checkpoint of run ${record.id} is damaged or gone`,
    "Evaluate the run, which trains what is damaged again; then compare it.",
  );
}

function unlearned({ id }: RunRecord, why: string): RequestError {
  return new RequestError(`run ${id} ${why}: there is nothing learned to compare`, "Choose a run that learned its groups.");
}

/** The same recipe without a split. */
export function unsplitConfig({ record }: LearnedRun, seed: number): Config {
  return parseConfig({ ...record.config, seed, grouping: "1-1-1" });
}

/** The same recipe, learning its groups from another seed. */
export function relearnedConfig({ record }: LearnedRun, seed: number): Config {
  return { ...record.config, seed };
}

/** The same recipe with these groups of classes; channels are divided evenly, or as `channels` says. */
export function givenConfig(
  { record }: LearnedRun,
  seed: number,
  source: GroupSource,
  classes: readonly number[],
  channels: Readonly<Record<string, readonly number[]>> = {},
): Config {
  return parseConfig({ ...record.config, seed, fixedGroups: { source, classes, channels } });
}

/** Drawn groups, of classes and of channels as large as those learned: exactly the learned run's cost. */
export function randomConfig(learned: LearnedRun, seed: number): Config {
  const sizes = new Map([...learned.partitions].map(([space, partition]) => [space, groupSizes(partition)]));
  const { classes = [], ...channels } = Object.fromEntries(sizes);
  return givenConfig(learned, seed, "random", randomGroups(classes, seed), channels);
}

/** Superclasses merged; throws RequestError where they are too few. */
export function semanticConfig(learned: LearnedRun, seed: number): Config {
  const { record } = learned;
  return givenConfig(learned, seed, "semantic", semanticGroups(record, classGroupsIn(record)));
}

/** Clusters of the class weights [features, classes] of a trained unsplit network. */
export function clusteringConfig(learned: LearnedRun, seed: number, weights: HostTensor): Config {
  return givenConfig(learned, seed, "clustering", clusteringGroups(weights, classGroupsIn(learned.record)));
}

/** The configuration of a control; `unsplitWeights` gives the class weights of the unsplit run of the same seed, asked for by clustering alone. */
export async function controlConfig(
  source: ControlSource,
  learned: LearnedRun,
  seed: number,
  unsplitWeights: () => Promise<HostTensor>,
): Promise<Config> {
  switch (source) {
    case "learned":
      return relearnedConfig(learned, seed);
    case "unsplit":
      return unsplitConfig(learned, seed);
    case "random":
      return randomConfig(learned, seed);
    case "semantic":
      return semanticConfig(learned, seed);
    case "clustering":
      return clusteringConfig(learned, seed, await unsplitWeights());
    default:
      return source satisfies never;
  }
}

function classGroupsIn({ config }: RunRecord): number {
  return parseGrouping(config.grouping).classes;
}

/** Weights [features, classes] of the last layer of a finished unsplit run. Throws RequestError before, CheckpointError where they are damaged. */
export async function classWeights(files: CheckpointFiles, record: RunRecord): Promise<HostTensor> {
  if (record.phase !== "finetuned") {
    throw new RequestError(`run ${record.id} has no trained class weights`, "Train it to its end first.");
  }
  const cut = await storedPlan(files, record);
  const { parameters } = await lastState(files, record, finetuneTraining(cut));
  return tensorNamed(parameters, weightsName(weightedLayers(cut.plan.spec).at(-1)!));
}
