import { ConfigError, RequestError } from "../base/errors";
import type { DatasetSummary } from "../data/dataset";
import type { Config } from "../model/config";
import { parseGrouping } from "../model/grouping";
import type { RunOrigin, RunPhase, RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";
import type { EngineContext, RunContext } from "./context";

/**
 * Creates a run that has trained nothing yet, under `id` where that is set aside for it. Throws ConfigError where the configuration does not
 * fit the data or the device.
 */
export async function createRun(
  context: RunContext & Pick<EngineContext, "now" | "compute">,
  config: Config,
  id: string | null = null,
): Promise<RunRecord> {
  const { summary, runs, now, compute } = context;
  const origin = originOf(config, summary);
  await compute.check(config);
  const record = await newRecord(runs, origin, now());
  return putRecord(context, id === null ? record : { ...record, id });
}

/** An id for a run of the configuration that begins at `now` (Unix milliseconds). */
export function newRunId(runs: RunStore, config: Config, now: number): Promise<string> {
  return unusedId(runs, config.preset, now);
}

/** What a run of the configuration begins with on the data set. Throws ConfigError where they do not fit. */
export function originOf(config: Config, summary: DatasetSummary): RunOrigin {
  checkConfig(config, summary);
  const { id: datasetId, source: datasetSource, classes, superclasses, superclassOf } = summary;
  return { config, datasetId, datasetSource, classes, superclasses, superclassOf };
}

/** The record of a run that begins at `now` (Unix milliseconds), under an id of its own; not stored yet. */
export async function newRecord(runs: RunStore, origin: RunOrigin, now: number): Promise<RunRecord> {
  return {
    id: await unusedId(runs, origin.config.preset, now),
    createdAt: now,
    ...origin,
    phase: "grouping",
    checkpointStep: 0,
    evaluated: false,
    resumes: [],
    forkedFrom: null,
    importedFrom: null,
    failure: null,
  };
}

/** Stores a record and reports it. */
export async function putRecord(context: Pick<RunContext, "runs" | "observer">, record: RunRecord): Promise<RunRecord> {
  await context.runs.put(record);
  context.observer({ kind: "recorded", record });
  return record;
}

/** The run of that id, in one of the phases a stage asks for, made from the data set at hand. */
export async function requireRun(context: RunContext, id: string, phases: readonly RunPhase[]): Promise<RunRecord> {
  const record = await storedRun(context.runs, id);
  if (!phases.includes(record.phase)) throw phaseError(record, phases);
  if (record.datasetId !== context.summary.id) {
    throw new RequestError(
      `run ${id} was made from ${record.datasetSource}, another data set than ${context.summary.source}`,
      `Import ${record.datasetSource} again, or start a new run.`,
    );
  }
  return record;
}

/** The run of that id, whatever its phase. */
export async function storedRun(runs: RunStore, id: string): Promise<RunRecord> {
  const record = await runs.get(id);
  if (record !== null) return record;
  throw new RequestError(`there is no run ${id}`, "Choose a run from the list, or start a new one with Group.");
}

function checkConfig(config: Config, summary: DatasetSummary): void {
  const { classes: groups } = parseGrouping(config.grouping);
  const classes = summary.classes.length;
  if (groups > classes) {
    throw new ConfigError(
      `grouping: ${groups} groups for the classes, but ${summary.source} has only ${classes} classes`,
      `Choose a grouping whose last number is at most ${classes}.`,
    );
  }
  const given = config.fixedGroups?.classes.length ?? classes;
  if (given === classes) return;
  throw new ConfigError(
    `fixedGroups.classes: groups of ${given} classes, but ${summary.source} has ${classes}`,
    "Give a group for every class of the data set, in the order of their labels.",
  );
}

const DOING: Readonly<Record<RunPhase, string>> = {
  grouping: "has not finished Group",
  grouped: "is grouped, but not split yet",
  finetuning: "has not finished Split",
  finetuned: "is grouped and split already",
};

const NEXT: Readonly<Record<RunPhase, string>> = {
  grouping: "Resume it, and wait until it is grouped.",
  grouped: "Use Split first.",
  finetuning: "Resume it, and wait until fine-tuning has ended.",
  finetuned: "Use Evaluate or Export, or start a new run with Group.",
};

function phaseError(record: RunRecord, phases: readonly RunPhase[]): RequestError {
  const wanted = phases.map((phase) => `"${phase}"`).join(" or ");
  return new RequestError(`run ${record.id} ${DOING[record.phase]}; this needs a run that is ${wanted}`, NEXT[record.phase]);
}

/** "tiny-20240131-235959", with a number behind it if that is taken. */
function unusedId(runs: RunStore, preset: string, now: number): Promise<string> {
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, "").slice(0, 15).replace("T", "-");
  const words = preset.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return unusedRunId(runs, `${words.replaceAll(/^-|-$/g, "") || "run"}-${time}`);
}

/** The id, with a number behind it if it is taken. */
export async function unusedRunId(runs: RunStore, base: string): Promise<string> {
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!(await runs.isTaken(id))) return id;
  }
}
