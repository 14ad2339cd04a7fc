import { RequestError } from "../base/errors";
import type { EngineContext } from "../engine/context";
import { classWeights, controlConfig, givenConfig, type LearnedRun, learnedRun, unsplitConfig } from "../engine/controls";
import { requireRun, storedRun } from "../engine/runs";
import type { Config } from "../model/config";
import { plannedControls } from "../model/control-plan";
import { configFingerprint } from "../model/fingerprint";
import type { RunRecord } from "../model/run";
import { describePoint, expandSweep } from "../model/sweep";
import type { QueueCommand, QueuedJob } from "../protocol/queue";
import type { RunStore } from "../storage/stores";
import type { Wish } from "./queue-entries";

/** From requests to entries of the queue, and from those to configurations. */

type Enqueue = Extract<QueueCommand, { kind: "enqueue" | "enqueueControls" | "enqueueManual" }>;

/** Throws ConfigError for a sweep that is none, RequestError for controls of a run that has learned nothing. */
export async function wishesOf(command: Enqueue, runs: RunStore): Promise<readonly Wish[]> {
  switch (command.kind) {
    case "enqueue":
      return expandSweep(command.sweep).runs.map(({ config, values }) => {
        const point = Object.keys(values).length === 0 ? "" : describePoint(values).slice(0, LONGEST_POINT);
        return { job: { kind: "config", config, point }, emptyGroups: config.emptyGroups };
      });
    case "enqueueControls": {
      const { runId, sources, seeds } = command;
      const { record } = await learnedRun({ runs }, await storedRun(runs, runId));
      const controls = plannedControls(sources, seeds, record.config.seed);
      return controls.map(({ source, seed }) => asControl({ kind: "control", source, runId, seed }));
    }
    case "enqueueManual": {
      const { runId, seed, classes } = command;
      givenConfig(await learnedRun({ runs }, await storedRun(runs, runId)), seed, "manual", classes);
      return [asControl({ kind: "manual", runId, seed, classes })];
    }
    default:
      return command satisfies never;
  }
}

const LONGEST_POINT = 500;

/** Only learned groups can come out empty; the others are still worth having then. */
function asControl(job: QueuedJob): Wish {
  return { job, emptyGroups: "assign-nearest" };
}

/** The configuration that an entry trains. Throws what it cannot be made for, with its cure. */
export async function configOf(job: QueuedJob, context: EngineContext): Promise<Config> {
  if (job.kind === "config") return job.config;
  const record = await requireRun(context, job.runId, ["grouped", "finetuning", "finetuned"]);
  const learned = await learnedRun(context, record);
  if (job.kind === "manual") return givenConfig(learned, job.seed, "manual", job.classes);
  return controlConfig(job.source, learned, job.seed, async () =>
    classWeights(context, await unsplitRun(learned, job.seed, context)),
  );
}

async function unsplitRun(learned: LearnedRun, seed: number, context: EngineContext): Promise<RunRecord> {
  const run = await finishedRun(unsplitConfig(learned, seed), context);
  if (run !== null) return run;
  throw new RequestError(
    `clustering starts from the class weights of an unsplit network, and there is none of seed ${seed} that is trained to its end`,
    "Add the unsplit control of this seed, let it finish, then try this one again.",
  );
}

/** A run of the configuration on the data set at hand that has every stage behind it: trained again it would come out the same. Null if there is none. */
export async function finishedRun(config: Config, { runs, summary }: EngineContext): Promise<RunRecord | null> {
  const wanted = configFingerprint(config);
  const found = (await runs.list()).find(
    (run) =>
      run.phase === "finetuned" &&
      run.evaluated &&
      run.datasetId === summary.id &&
      run.importedFrom === null &&
      run.forkedFrom === null &&
      configFingerprint(run.config) === wanted,
  );
  return found ?? null;
}
