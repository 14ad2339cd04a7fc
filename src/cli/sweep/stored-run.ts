import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ErrorValue, RequestError, toErrorValue } from "../../base/errors";
import { type Config, configSchema } from "../../model/config";
import type { RunRecord } from "../../model/run";
import { sweepRunId } from "../../model/sweep";
import { isRunId } from "../../storage/names";
import { readJson, writeWhole } from "../files";
import type { RunFolder } from "../run-folder";

/** What the folder of one run of a sweep holds; a run that cannot be read is no reason to begin another one in its place. */
export type StoredRun =
  | { readonly kind: "none" }
  | { readonly kind: "run"; readonly record: RunRecord }
  | { readonly kind: "unreadable"; readonly error: ErrorValue };

const POINT_FILE = "point.json";
const FAILURE_FILE = "failure.json";
const pointSchema = z.object({ sweep: z.string(), config: configSchema });
const failureSchema = z.object({ name: z.string(), message: z.string(), cure: z.string() });

/** `id` is what the run's configuration must give (`sweepRunId`). */
export async function storedRun(folder: RunFolder, id: string): Promise<StoredRun> {
  const names = await readdir(join(folder.path, "runs")).catch(() => []);
  try {
    const records = await Promise.all(names.filter(isRunId).map((id) => folder.runs.get(id)));
    const [record, ...others] = records.filter((found) => found !== null);
    if (record === undefined) return { kind: "none" };
    if (others.length > 0) throw new RequestError(`${folder.path}: holds ${others.length + 1} runs`, "Move all but one away.");
    if (sweepRunId(record.config) === id) return { kind: "run", record };
    throw new RequestError(`${folder.path}: holds a run of another configuration than its name says`, "Move that folder away.");
  } catch (error) {
    return { kind: "unreadable", error: toErrorValue(error) };
  }
}

/** Whether all stages and the evaluation are behind a run. */
export function isFinished({ phase, evaluated }: RunRecord): boolean {
  return phase === "finetuned" && evaluated;
}

/** What a run was meant to be, before there is a record of it; null where it cannot be told. */
export async function readPoint({ path }: RunFolder): Promise<Config | null> {
  const value = await readJson(join(path, POINT_FILE)).catch(() => null);
  return pointSchema.safeParse(value).data?.config ?? null;
}

export async function keepPoint({ path }: RunFolder, sweep: string, config: Config): Promise<void> {
  await writeJson(join(path, POINT_FILE), { sweep, config });
}

/** Why the last try of a run ended, null where it did not fail. */
export async function readFailure({ path }: RunFolder): Promise<ErrorValue | null> {
  const value = await readJson(join(path, FAILURE_FILE)).catch(() => null);
  return failureSchema.safeParse(value).data ?? null;
}

export async function keepFailure({ path }: RunFolder, failure: ErrorValue): Promise<void> {
  await writeJson(join(path, FAILURE_FILE), failure);
}

/** Before a run is tried again. */
export async function forgetFailure({ path }: RunFolder): Promise<void> {
  await rm(join(path, FAILURE_FILE), { force: true });
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`));
}
