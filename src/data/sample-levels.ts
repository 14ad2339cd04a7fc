import { ConfigError } from "../base/errors";
import { type Difficulty, MOST_MEMBERS, PLANTED_FAMILIES } from "./planted-drawing";

/** How hard sample data is to learn; docs/data.md says what each level is for, and how hard it was measured to be. */
export const SAMPLE_LEVELS = ["easy", "medium", "hard"] as const;
export type SampleLevel = (typeof SAMPLE_LEVELS)[number];

/** The levels in which families use disjoint features. */
export type PlantedLevel = Exclude<SampleLevel, "easy">;

const DIFFICULTIES: Readonly<Record<PlantedLevel, Difficulty>> = {
  medium: { noise: 48, contrast: [40, 70], slope: 40, spread: 0.6, distraction: 0 },
  hard: { noise: 56, contrast: [24, 48], slope: 40, spread: 0.6, distraction: 1 },
};

export function difficultyOf(level: PlantedLevel): Difficulty {
  return DIFFICULTIES[level];
}

/** What an archive of that level says about itself, to people; null for easy ones, whose bytes are what they always were. */
export function aboutLevel(level: SampleLevel): string | null {
  if (level === "easy") return null;
  const told = PLANTED_FAMILIES.map(({ kind, feature }) => `${kind} by ${feature}`).join(", ");
  return `Sample data of the level ${level}. Classes of one family are told apart by a feature that tells nothing about others: ${told}.\n`;
}

/** A family needs a feature of its own, and its classes need room on it. Throws ConfigError. */
export function checkPlanted(level: PlantedLevel, classes: number, families: number): void {
  const cure = `Choose at most ${PLANTED_FAMILIES.length} superclasses and ${MOST_MEMBERS} classes for each, or the level easy.`;
  if (families > PLANTED_FAMILIES.length) {
    throw new ConfigError(
      `superclasses: ${families} families, but the level ${level} has disjoint features for ${PLANTED_FAMILIES.length}`,
      cure,
    );
  }
  const members = Math.ceil(classes / families);
  if (members > MOST_MEMBERS) {
    throw new ConfigError(`classes: ${members} in one family, but the level ${level} tells at most ${MOST_MEMBERS} apart`, cure);
  }
}
