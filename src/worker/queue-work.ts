import { DeviceError, RequestError, StorageError, toErrorValue } from "../base/errors";
import type { EngineContext } from "../engine/context";
import { runThrough } from "../engine/run-through";
import { createRun, newRunId } from "../engine/runs";
import type { EntryState, QueueEntry } from "../protocol/queue";
import { configOf, finishedRun } from "./queue-jobs";
import type { RunQueue } from "./run-queue";

/** Called with a run whose turn it is, once it is stored. */
export type OnTurn = (runId: string) => Promise<void>;

/**
 * Works entries off, each through all its stages, until none waits or somebody stops the run in progress. An entry that fails says so and
 * the next one is begun; where device or storage fail, every entry would, and the queue stops with that error.
 */
export async function workOff(queue: RunQueue, context: EngineContext, onTurn: OnTurn): Promise<void> {
  const { control } = context;
  let entry = await queue.next();
  if (entry === null) throw new RequestError("no run waits in the queue", "Add some first.");
  await queue.during(async () => {
    while (entry !== null && !control.stopping && !control.stopsAfterEpoch) {
      await workOn(entry, queue, context, onTurn);
      entry = await queue.next();
    }
  });
}

async function workOn(entry: QueueEntry, queue: RunQueue, context: EngineContext, onTurn: OnTurn): Promise<void> {
  let state = entry.state;
  const settle = async (next: EntryState): Promise<void> => {
    state = next;
    await queue.settle(entry.id, next);
  };
  try {
    const runId = await begun(entry, context, settle);
    if (runId === null) return;
    await onTurn(runId);
    const outcome = await runThrough(context, runId, entry.emptyGroups);
    if (outcome === "finished") await settle({ kind: "finished", runId });
  } catch (error) {
    if (error instanceof DeviceError || error instanceof StorageError) throw error;
    const runId = state.kind === "begun" ? state.runId : null;
    await settle({ kind: "failed", runId, error: toErrorValue(error) });
  }
}

/**
 * The entry's run, made where it has none yet; null where an equal one was there and it is done with that. The id is stored before the run,
 * so that a page that is closed between the two finds the run again instead of making a second one.
 */
async function begun(
  { job, state }: QueueEntry,
  context: EngineContext,
  settle: (state: EntryState) => Promise<void>,
): Promise<string | null> {
  const { runs, now } = context;
  if (state.kind === "begun") return state.runId;
  if (state.kind === "starting" && (await runs.isTaken(state.runId))) {
    await settle({ kind: "begun", runId: state.runId });
    return state.runId;
  }
  const config = await configOf(job, context);
  // What a person asks for by its settings is trained; of a control only the result is asked for.
  const known = job.kind === "config" ? null : await finishedRun(config, context);
  if (known !== null) {
    await settle({ kind: "finished", runId: known.id });
    return null;
  }
  const runId = state.kind === "starting" ? state.runId : await newRunId(runs, config, now());
  await settle({ kind: "starting", runId });
  await createRun(context, config, runId);
  await settle({ kind: "begun", runId });
  return runId;
}
