import {
  classWeights,
  clusteringConfig,
  type LearnedRun,
  learnedRun,
  randomConfig,
  semanticConfig,
  unsplitConfig,
} from "../../engine/controls";
import { type Config, parseConfig } from "../../model/config";
import { presetConfig } from "../../model/presets";
import type { RunFolder } from "../run-folder";
import type { Study, StudyKind } from "./study";

/** Are planted families found, and is that worth anything: learned groups beside all controls. */
export const PLANTED: Study = {
  name: "planted",
  title: "Planted families",
  summary: "are families found that were planted, and is that worth anything: learned groups beside all controls",
  kinds: [
    {
      name: "learned",
      summary: "groups learned by the study's recipe",
      ...{ from: [], learns: true },
      config: async (recipe, seed) => ({ ...recipe, seed }),
    },
    {
      name: "published",
      summary:
        "groups learned with the published start, rate of the assignments, weights of the penalties and dropout; all else as in the recipe",
      ...{ from: [], learns: true },
      config: async (recipe, seed) => ({ ...publishedGrouping(recipe), seed }),
    },
    control("unsplit", "the same recipe without groups: no penalties and no split", unsplitConfig),
    control("random", "drawn groups, as large as those that the recipe learned from the same seed", randomConfig),
    control("semantic", "the families themselves, merged where there are more of them than groups", semanticConfig),
    {
      name: "clustering",
      summary: "spectral clustering of the class weights of the unsplit network of the same seed",
      ...{ from: ["learned", "unsplit"], learns: false },
      async config(_, seed, runOf) {
        const unsplit = runOf("unsplit");
        return clusteringConfig(
          await learnedIn(runOf("learned")),
          seed,
          await classWeights(unsplit, await unsplit.requireRecord()),
        );
      },
    },
  ],
  recipe: plantedRecipe,
};

function control(name: string, summary: string, configOf: (learned: LearnedRun, seed: number) => Config): StudyKind {
  return {
    ...{ name, summary, from: ["learned"], learns: false },
    config: async (_, seed, runOf) => configOf(await learnedIn(runOf("learned")), seed),
  };
}

async function learnedIn(folder: RunFolder): Promise<LearnedRun> {
  return learnedRun(folder, await folder.requireRecord());
}

/** Stage 1 as the published code begins and weighs it: no warm-up, nothing to lean to, assignments at the rate of the weights. */
function publishedGrouping(recipe: Config): Config {
  const { dropoutKeep, penalties, warmupSteps, assignmentStart, assignmentRateFactor } = presetConfig("paper").group;
  return {
    ...recipe,
    group: { ...recipe.group, dropoutKeep, penalties, warmupSteps, assignmentStart, assignmentRateFactor },
  };
}

/**
 * The recipe with which planted families are found (docs/design/controls.md says how it was chosen): a network that has learned to tell classes apart says
 * by its confusions which of them share features, and the assignments begin there. Start and bias are those of tiny-confusion.
 */
export function plantedRecipe(grouping: string): Config {
  const tiny = presetConfig("tiny-confusion");
  return parseConfig({
    ...tiny,
    preset: "planted",
    grouping,
    group: {
      ...tiny.group,
      batchSize: 48,
      steps: 600,
      learningRateDrops: [{ step: 500, factor: 0.1 }],
      penalties: { overlap: 1, weightSplit: 3, uniform: 10 },
      validateEverySteps: 200,
      checkpointEverySteps: 100,
      warmupSteps: 150,
    },
    finetune: {
      ...tiny.finetune,
      batchSize: 48,
      steps: 300,
      learningRateDrops: [{ step: 200, factor: 0.1 }],
      validateEverySteps: 100,
      checkpointEverySteps: 100,
    },
  });
}
