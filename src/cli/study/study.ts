import type { Config } from "../../model/config";
import type { RunFolder } from "../run-folder";

/** What a study trains from every seed. */
export interface StudyKind {
  readonly name: string;
  /** One line for a reader of the report. */
  readonly summary: string;
  /** Kinds of the same seed that it is made from, which are trained before it. */
  readonly from: readonly string[];
  /** Whether its groups are learned: of others nothing is asked where a study ends with the groups. */
  readonly learns: boolean;
  /** Its configuration for a seed, from finished runs of the kinds that it is made from. Throws RequestError where it cannot be made. */
  config(recipe: Config, seed: number, runOf: (kind: string) => RunFolder): Promise<Config>;
}

/** A question, and the runs that answer it. */
export interface Study {
  readonly name: string;
  readonly title: string;
  /** For the list of commands. */
  readonly summary: string;
  /** In the order in which they build on each other; the first is what the others are set against. */
  readonly kinds: readonly StudyKind[];
  recipe(grouping: string): Config;
}
