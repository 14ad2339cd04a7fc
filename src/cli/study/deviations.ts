import type { Config } from "../../model/config";
import { asPublished, type Fidelity } from "../../model/fidelity";
import { plantedRecipe } from "./planted";
import type { Study, StudyKind } from "./study";

/** What each deviation from the published code changes: one turned back at a time, and all of them. */
export const DEVIATIONS: Study = {
  name: "deviations",
  title: "Deviations from the published code",
  summary: "what each deviation from the published code changes: every quirk turned on alone, and all at once",
  kinds: [
    quirk("sound", "no quirk of the published code", (recipe) => recipe),
    rule("crops", "crop offsets 0 to 7 of 0 to 8", "published-crops"),
    rule("validation", "dropout stays on in validation", "published-validation"),
    rule("roots", "no epsilon under the square roots of the weight split", "published-roots"),
    rule("whitening", "no guard against a channel of one value", "published-whitening"),
    quirk("post-activation", "the second stage has another order of layers, and batch norms that start anew", (recipe) => ({
      ...recipe,
      blockOrder: "post-activation",
    })),
    quirk("published", "all of them", asPublished),
  ],
  recipe(grouping) {
    const recipe = plantedRecipe(grouping);
    // Dropout in validation shows only where there is dropout.
    return { ...recipe, preset: "deviations", group: { ...recipe.group, dropoutKeep: 0.5 } };
  },
};

function rule(name: string, summary: string, fidelity: Fidelity): StudyKind {
  return quirk(name, summary, (recipe) => ({ ...recipe, fidelity }));
}

function quirk(name: string, summary: string, turned: (recipe: Config) => Config): StudyKind {
  return { ...{ name, summary, from: [], learns: true }, config: async (recipe, seed) => ({ ...turned(recipe), seed }) };
}
