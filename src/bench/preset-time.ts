import { groupingSpec } from "../model/build";
import { PRESET_NAMES, presetConfig } from "../model/presets";
import type { TrainingStage } from "../model/run";
import type { ListedCase } from "./cases";
import type { ContenderName } from "./contender";
import { median } from "./paired-runs";
import type { Measured } from "./report";
import { CLASSES, evenSplit, type StepProblem, stepName, trainingFlops } from "./step-problem";

/** How long both stages of a preset take at the measured speed. */
export interface PresetTime {
  readonly preset: string;
  readonly hours: number;
  readonly by: ContenderName;
  /** Which figures it rests on, and whether they are the preset's own. */
  readonly basis: string;
}

/** Seconds an image takes in a measured step. */
interface StepSpeed {
  readonly name: string;
  readonly step: StepProblem;
  readonly secondsPerImage: number;
}

const SECONDS_AN_HOUR = 3600;

/** Times of all presets by the contender, [] unless a step of each stage was measured. */
export function presetTimes(measured: readonly Measured<ListedCase>[], by: ContenderName): PresetTime[] {
  const [group, finetune] = [speedOf(measured, "group", by), speedOf(measured, "finetune", by)];
  if (group === null || finetune === null) return [];
  return PRESET_NAMES.map((preset) => {
    const config = presetConfig(preset);
    const stages = [
      { speed: group, recipe: config.group, spec: groupingSpec(config, CLASSES) },
      { speed: finetune, recipe: config.finetune, spec: evenSplit(config) },
    ] as const;
    const seconds = stages.map(
      ({ speed, recipe, spec }) =>
        (recipe.steps * recipe.batchSize * speed.secondsPerImage * trainingFlops(spec)) / trainingFlops(speed.step.fit.spec),
    );
    const own = stages.every(({ speed, recipe }) => speed.name === stepName(speed.step.fit.stage, config, recipe.batchSize));
    return {
      preset,
      hours: seconds.reduce((sum, value) => sum + value) / SECONDS_AN_HOUR,
      by,
      basis: own ? "measured" : `derived from ${group.name} and ${finetune.name} by FLOPs`,
    };
  });
}

function speedOf(measured: readonly Measured<ListedCase>[], stage: TrainingStage, by: ContenderName): StepSpeed | null {
  const entry = measured.find((candidate) => candidate.case.step?.fit.stage === stage);
  const step = entry?.case.step ?? null;
  const times = entry?.samples[by] ?? null;
  if (entry === undefined || step === null || times === null) return null;
  return { name: entry.case.name, step, secondsPerImage: median(times) / 1000 / step.batchSize };
}
