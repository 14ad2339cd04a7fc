import { RequestError } from "../base/errors";

/** What a person asks the benchmarks for. */
export interface BenchArguments {
  readonly json: boolean;
  readonly help: boolean;
  /** Name of a case or the beginning of some; null for all. */
  readonly only: string | null;
  readonly runs: number;
}

const DEFAULT_RUNS = 5;

export const USAGE = `usage: npm run bench -- [--json] [--only NAME] [--runs N]

Times our engine, stock tfjs and jax-js in turn on one device: whole training steps, single convolutions, the device's own rates.
--json       print results as JSON and nothing else
--only NAME  one case, or every case whose name begins so: step, step/group, conv/filter-gradient, rate (all)
--runs N     timed runs of each contender, after one that is not (${DEFAULT_RUNS}); medians are printed

The environment variable VK_ICD_FILENAMES chooses the Vulkan driver; without it the best one found is taken.`;

/** Parses the command line; throws RequestError for what it does not know. */
export function parseArguments(args: readonly string[]): BenchArguments {
  let parsed: BenchArguments = { json: false, help: false, only: null, runs: DEFAULT_RUNS };
  const rest = args.flatMap((arg) =>
    /^--\w+=/.test(arg) ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] : [arg],
  );
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    switch (arg) {
      case "--json":
        parsed = { ...parsed, json: true };
        break;
      case "--help":
        parsed = { ...parsed, help: true };
        break;
      case "--only":
        parsed = { ...parsed, only: textOf(arg, rest.shift()) };
        break;
      case "--runs":
        parsed = { ...parsed, runs: countOf(arg, rest.shift()) };
        break;
      default:
        throw new RequestError(`${arg}: there is no such option`, "See npm run bench -- --help.");
    }
  }
  return parsed;
}

function textOf(option: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new RequestError(`${option}: needs a value`, "See npm run bench -- --help.");
  return value;
}

function countOf(option: string, value: string | undefined): number {
  const count = Number(textOf(option, value));
  if (!Number.isInteger(count) || count < 1)
    throw new RequestError(`${option}: ${value} is not a whole number of at least 1`, "Use 5 or more.");
  return count;
}

/** Cases of that name or below it: `step` selects `step/group/...`, `conv/forward/3x3` its sizes; all for null. */
export function selectCases<Case extends { readonly name: string }>(cases: readonly Case[], only: string | null): Case[] {
  return cases.filter(({ name }) => only === null || name.startsWith(only));
}
