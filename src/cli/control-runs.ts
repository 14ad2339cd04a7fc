import { join } from "node:path";
import { RequestError } from "../base/errors";
import { classWeights, controlConfig, givenConfig, type LearnedRun } from "../engine/controls";
import type { Config } from "../model/config";
import { CONTROL_SOURCES } from "../model/control-plan";
import { configFingerprint } from "../model/fingerprint";
import { RunFolder } from "./run-folder";
import { inSession, trainAndEvaluate } from "./run-stages";
import type { Tools } from "./session";

/** What a run is compared with; "learned" is its own recipe from other seeds. */
export const COMPARISONS = [...CONTROL_SOURCES, "manual"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What to train, and from what. */
export interface ControlPlan {
  readonly learned: LearnedRun;
  readonly folder: RunFolder;
  /** Folder of the controls. */
  readonly out: string;
  readonly comparisons: readonly Comparison[];
  readonly seeds: readonly number[];
  /** Group of every class, for `manual`. */
  readonly manual: readonly number[] | null;
  /** Archive of the images. */
  readonly data: readonly string[];
}

/** A run that is there to be compared. */
export interface ControlRun {
  readonly comparison: Comparison;
  readonly seed: number;
  readonly folder: RunFolder;
}

/** Why a control cannot be. */
export interface LeftOut {
  readonly comparison: Comparison;
  readonly reason: string;
}

export interface Controls {
  readonly runs: readonly ControlRun[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Trains every control that is not finished yet, seed by seed, the unsplit one first: clustering starts from its weights. The learned run itself
 * stands first, as it is. An interrupt leaves run folders that the same call continues.
 */
export async function trainControls(plan: ControlPlan, tools: Tools): Promise<Controls> {
  const { learned, folder, seeds } = plan;
  const runs: ControlRun[] = [{ comparison: "learned", seed: learned.record.config.seed, folder }];
  const leftOut: LeftOut[] = [];
  for (const seed of seeds) {
    for (const comparison of comparisonsOf(plan, seed)) {
      const control = { comparison, seed, folder: new RunFolder(join(plan.out, `${comparison}-${seed}`)) };
      const config = await configOf(plan, control);
      if (typeof config === "string") {
        if (!leftOut.some((known) => known.comparison === comparison)) leftOut.push({ comparison, reason: config });
        continue;
      }
      await train(plan, control, config, tools);
      runs.push(control);
    }
  }
  return { runs, leftOut };
}

/** In the order in which they build on each other; of the learned run's own seed it is there already. */
function comparisonsOf({ comparisons, learned }: ControlPlan, seed: number): Comparison[] {
  return COMPARISONS.filter((comparison) => {
    if (comparison === "learned") return comparisons.includes(comparison) && seed !== learned.record.config.seed;
    return comparisons.includes(comparison) || (comparison === "unsplit" && comparisons.includes("clustering"));
  });
}

/** The configuration of a control, or why it cannot be made of this data set. */
async function configOf({ learned, out, manual }: ControlPlan, { comparison, seed }: ControlRun): Promise<Config | string> {
  if (comparison === "manual") {
    return manual === null ? "no groups are given: --groups FILE" : givenConfig(learned, seed, "manual", manual);
  }
  const unsplit = new RunFolder(join(out, `unsplit-${seed}`));
  const making = controlConfig(comparison, learned, seed, async () => classWeights(unsplit, await unsplit.requireRecord()));
  // Semantic groups need as many superclasses; the unsplit run of clustering stands before it.
  return comparison === "semantic" ? orReason(making) : making;
}

async function orReason(making: Promise<Config>): Promise<Config | string> {
  try {
    return await making;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}

async function train(plan: ControlPlan, { comparison, seed, folder }: ControlRun, config: Config, tools: Tools): Promise<void> {
  const known = await folder.record();
  const isSame = known !== null && configFingerprint(known.config) === configFingerprint(config);
  if (isSame && known.phase === "finetuned" && known.evaluated) return;
  tools.progress.note(`${comparison}, seed ${seed}: in ${folder.path}`);
  const wish = { config, data: plan.data, starts: true };
  // Only learned groups can come out empty; then the others are still worth having.
  await inSession(folder, wish, tools, (session) => trainAndEvaluate(session, "assign-nearest"));
}
