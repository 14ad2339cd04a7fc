import { ConfigError } from "../base/errors";
import type { Config } from "../model/config";
import { expandSweep } from "../model/sweep";
import { MOST_QUEUED } from "../protocol/queue";
import { typedValue, valueAt } from "./config-form";

/** What a person writes to have runs queued: texts as typed. */
export interface QueueDraft {
  /** "1-3", "1,2,5"; empty for the configuration's own. */
  readonly seeds: string;
  /** Path of the field to vary, empty for none. */
  readonly field: string;
  /** Its values, with commas between them. */
  readonly values: string;
}

/** What it amounts to: a sweep to ask for with the runs that it has, or why it is none. */
export type DraftResult =
  | { readonly kind: "runs"; readonly sweep: unknown; readonly configs: readonly Config[] }
  | { readonly kind: "wrong"; readonly problem: string; readonly cure: string };

export function draftedRuns(config: Config, { seeds, field, values }: QueueDraft): DraftResult {
  return expanded(() => {
    const grid: Readonly<Record<string, readonly unknown[]>> =
      field === "" ? {} : { [field]: valuesOf(values, valueAt(config, field)) };
    const named = seeds.trim() === "" ? {} : { seeds: seedsOf(seeds) };
    const runs = (Object.values(grid)[0]?.length ?? 1) * (named.seeds?.length ?? 1);
    if (runs > MOST_QUEUED) throw tooMany(runs);
    return { name: "page", config, grid, ...named };
  });
}

/** A sweep file's JSON text. */
export function importedRuns(text: string): DraftResult {
  return expanded(() => parsedJson(text));
}

/** Seeds of a text such as "1-3" or "1,2,5", each once. Throws ConfigError for anything else. */
export function seedsOf(text: string): readonly number[] {
  const seeds = text.split(",").flatMap((part) => {
    const [, first, last] = /^\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?$/.exec(part) ?? [];
    if (first === undefined) throw wrongSeeds(part.trim());
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from || to > LARGEST_SEED) throw wrongSeeds(part.trim());
    if (to - from >= MOST_QUEUED) throw tooMany(to - from + 1);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  return [...new Set(seeds)];
}

const LARGEST_SEED = 0xffffffff;

function wrongSeeds(part: string): ConfigError {
  return new ConfigError(`seeds: ${part === "" ? "one is missing" : `"${part}" is none`}`, "Write 1-3, or 1,2,5.");
}

function tooMany(runs: number): ConfigError {
  return new ConfigError(`${runs} runs, and the queue holds at most ${MOST_QUEUED}`, "Try fewer values or seeds.");
}

/** Values typed as the field's own is. Throws ConfigError where there are none. */
function valuesOf(text: string, own: unknown): readonly unknown[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part === "")) throw new ConfigError("values: there are none yet", "Write them with commas between.");
  return parts.map((part) => typedValue(own, part));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`this is not JSON: ${reason}`, "The command line takes YAML as well; here a sweep file is JSON.");
  }
}

function expanded(sweepOf: () => unknown): DraftResult {
  try {
    const sweep = sweepOf();
    const { runs } = expandSweep(sweep);
    if (runs.length > MOST_QUEUED) throw tooMany(runs.length);
    return { kind: "runs", sweep, configs: runs.map(({ config }) => config) };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: "wrong", problem: error.message, cure: error.cure };
    throw error;
  }
}
