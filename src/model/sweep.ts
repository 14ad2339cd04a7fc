import { ConfigError } from "../base/errors";
import { isJsonObject } from "../base/json";
import { type Config, parseConfig } from "./config";
import { changedConfig, merged } from "./config-changes";
import { configFingerprint } from "./fingerprint";
import { LARGEST_SEED, parseSweepFile, type SweepFile } from "./sweep-file";

/** Values that a run has of its own, by the dotted paths of their fields; its seed is told apart. */
export type PointValues = Readonly<Record<string, unknown>>;

/** One run of a sweep: a point of the grid with a seed. */
export interface SweepRun {
  /** Follows from the configuration alone: the same in every sweep, on every machine. */
  readonly id: string;
  readonly values: PointValues;
  readonly config: Config;
}

/** A sweep with every run written out, in the order in which they are done. */
export interface Sweep {
  readonly name: string;
  readonly runs: readonly SweepRun[];
}

export const MOST_RUNS = 10_000;
const ID_DIGITS = 16;
const MOST_NAMED = 5;
const CURE = "Correct the sweep file; docs/sweeps.md has a complete example.";

/**
 * Writes out the runs of an untrusted sweep file: listed runs in their order, for each the grid with its last axis fastest, for each point
 * the seeds. Throws ConfigError that names the point and the field at fault, and runs that are there twice.
 */
export function expandSweep(value: unknown): Sweep {
  const file = parseSweepFile(value);
  checkPaths(file);
  const base = named("config", () => changedConfig(file.preset, file.config));
  const seeds = seedsOf(file, base);
  const count = countPoints(file) * seeds.length;
  if (count > MOST_RUNS) {
    throw new ConfigError(
      `sweep: ${count} runs, and a sweep has at most ${MOST_RUNS}`,
      "Try fewer values or seeds, or make several sweeps of it.",
    );
  }
  const runs = pointsOf(file).flatMap((values) => runsOf(base, values, seeds));
  checkDistinct(runs);
  return { name: file.name, runs };
}

/** Id of the run of a configuration: 64 bits of its SHA-256, without the name of the preset that it began as. */
export function sweepRunId(config: Config): string {
  return configFingerprint({ ...config, preset: "" }).slice(0, ID_DIGITS);
}

/** "grouping 2-2-2, group.learningRate 0.1": what tells a point of a sweep from the others. */
export function describePoint(values: PointValues): string {
  const texts = Object.entries(values).map(([path, value]) => `${path} ${formatValue(value)}`);
  return texts.join(", ") || "the base";
}

const LONGEST_VALUE = 200;

/** A value of a point in few words. */
export function formatValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}

/** These two say of a run what nothing else may. */
function checkPaths({ runs = [], grid }: SweepFile): void {
  for (const path of [...runs.flatMap(Object.keys), ...Object.keys(grid)]) {
    if (path === "seed") throw new ConfigError("sweep: seed is no field to vary", "Name seeds as `seeds`, beside the grid.");
    if (path === "preset") {
      throw new ConfigError("sweep: preset is no field to vary", "Name one preset beside the grid; make a sweep for each.");
    }
  }
  const twice = Object.keys(grid).find((path) => runs.some((run) => Object.hasOwn(run, path)));
  if (twice !== undefined) throw new ConfigError(`sweep: ${twice} is in the list of runs and in the grid`, CURE);
}

function seedsOf({ seeds }: SweepFile, base: Config): readonly number[] {
  if (seeds === undefined) return [base.seed];
  if (!("from" in seeds)) return seeds;
  if (seeds.from + seeds.count - 1 > LARGEST_SEED) {
    throw new ConfigError(`seeds: ${seeds.count} from ${seeds.from} on go beyond ${LARGEST_SEED}`, "Begin with a smaller seed.");
  }
  // The bound on runs is checked after this: no list is made that could not pass it.
  return Array.from({ length: Math.min(seeds.count, MOST_RUNS + 1) }, (_, index) => seeds.from + index);
}

function countPoints({ runs, grid }: SweepFile): number {
  return Object.values(grid).reduce((product, values) => product * values.length, runs?.length ?? 1);
}

function pointsOf({ runs = [{}], grid }: SweepFile): PointValues[] {
  return Object.entries(grid).reduce<PointValues[]>(
    (points, [path, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    runs,
  );
}

/** The runs of a point: what its values make of the base is checked once, because seeds change nothing of it. */
function runsOf(base: Config, values: PointValues, seeds: readonly number[]): SweepRun[] {
  const point = named(describePoint(values), () => parseConfig(withValues(base, values)));
  return seeds.map((seed) => {
    const config = { ...point, seed };
    return { id: sweepRunId(config), values, config };
  });
}

/** The configuration with the values at their paths, each laid over what is there. */
function withValues(config: unknown, values: PointValues): unknown {
  return Object.entries(values).reduce((before, [path, value]) => merged(before, nested(before, path.split("."), value)), config);
}

/** The value at the end of a path of objects. Throws ConfigError where the path leads through what is none. */
function nested(config: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (!isJsonObject(config) || !Object.hasOwn(config, name)) {
    throw new ConfigError(
      `${name}: a configuration has no such field here`,
      "Write the path of a field, such as group.learningRate.",
    );
  }
  return Object.fromEntries([[name, nested(config[name], rest, value)]]);
}

/** Errors of `work` say where they are from. */
function named<Value>(where: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${where}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}

function checkDistinct(runs: readonly SweepRun[]): void {
  const numbers = new Map<string, number[]>();
  runs.forEach(({ id }, index) => {
    numbers.set(id, [...(numbers.get(id) ?? []), index + 1]);
  });
  const repeated = [...numbers.values()].filter((same) => same.length > 1);
  if (repeated.length === 0) return;
  const texts = repeated.slice(0, MOST_NAMED).map((same) => {
    const { values, config } = runs[(same[0] ?? 1) - 1] as SweepRun;
    return `runs ${same.join(" and ")} are the same (${describePoint(values)}, seed ${config.seed})`;
  });
  const more = repeated.length - texts.length;
  throw new ConfigError(`sweep: ${[...texts, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")}`, "Name every run once.");
}
