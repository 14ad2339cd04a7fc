import { CheckpointError, ConfigError } from "../base/errors";
import { unblockedSplitSpec } from "../model/build";
import type { Config } from "../model/config";
import type { CheckpointCopy, Metric, RunRecord, TrainingStage } from "../model/run";
import { planSplit } from "../splitnet/plan";
import { survivesRewind } from "../storage/run-record";
import type { RunStore } from "../storage/stores";
import { encodeHistory, HISTORY_FILE } from "./assignment-history";
import { bestCheckpointName, type CheckpointOwner, checkpointName, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";
import type { EngineContext } from "./context";
import { finetuneTraining, groupTraining, storedCut } from "./networks";
import { PLAN_FILE } from "./plan-file";
import { newRecord, storedRun } from "./runs";
import { readCopy } from "./stored-copies";
import { storedHistory } from "./stored-history";
import { writeRun } from "./written-run";

/** Which checkpoint of a run a fork begins with. */
export interface ForkPoint {
  readonly stage: TrainingStage;
  readonly copy: CheckpointCopy;
}

/** The files of a fork, and the step it begins at. */
interface ForkFiles {
  readonly step: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Begins a run of its own with a stored checkpoint, its curves up to there included; the run that it comes from stays as it is. `config`,
 * where given, is what it goes on with: of the same network. Throws CheckpointError where the checkpoint is damaged or gone, ConfigError where
 * the configuration does not go on from it; then nothing is stored.
 */
export async function forkRun(
  { runs, now }: Pick<EngineContext, "runs" | "now">,
  id: string,
  { stage, copy }: ForkPoint,
  config: Config | null,
): Promise<RunRecord> {
  const parent = await storedRun(runs, id);
  const bytes = await readCopy(runs, id, stage, copy);
  if (bytes === null) {
    throw new CheckpointError(`run ${id} has no such checkpoint, or it is damaged`, "Choose another of its checkpoints.");
  }
  const { datasetId, datasetSource, classes, superclasses, superclassOf } = parent;
  const origin = { config: config ?? parent.config, datasetId, datasetSource, classes, superclasses, superclassOf };
  const child = await newRecord(runs, origin, now());
  checkConfig(parent.config, child.config, stage);
  const { step, files } = stage === "group" ? groupFork(parent, child, bytes) : await finetuneFork(runs, parent, child, bytes);
  if (step > child.config[stage].steps) {
    throw new ConfigError(
      `${stage}.steps: the checkpoint is of step ${step}, and the stage would end at ${child.config[stage].steps}`,
      "Give the stage more steps, or fork with the run's own settings.",
    );
  }
  const history = (await storedHistory({ runs }, parent)).filter((snapshot) => stage === "finetune" || snapshot.step <= step);
  const own = (metric: Metric): boolean =>
    (stage === "finetune" || metric.stage === stage) && survivesRewind(metric, stage, step);
  const record: RunRecord = {
    ...child,
    phase: stage === "group" ? "grouping" : "finetuning",
    checkpointStep: step,
    forkedFrom: { runId: id, stage, step },
    importedFrom: stage === "finetune" ? parent.importedFrom : null,
  };
  const metrics = (await runs.readMetrics(id)).filter(own);
  return writeRun(runs, record, metrics, [
    ...files,
    ...(history.length > 0 ? [[HISTORY_FILE, encodeHistory(history)] as const] : []),
  ]);
}

function groupFork(parent: RunRecord, child: RunRecord, bytes: Uint8Array): ForkFiles {
  const owners = [
    { ...groupTraining(parent), run: parent },
    { ...groupTraining(child), run: child },
  ] as const;
  return forkedStage(bytes, ...owners);
}

/** Stage 2 stands on the finished stage 1 and the plan, which go along. */
async function finetuneFork(runs: RunStore, parent: RunRecord, child: RunRecord, bytes: Uint8Array): Promise<ForkFiles> {
  const [grouped, plan] = [await readCopy(runs, parent.id, "group", "last"), await runs.readFile(parent.id, PLAN_FILE)];
  if (grouped === null || plan === null) {
    throw new CheckpointError(
      `stage 1 of run ${parent.id} is damaged, and its stage 2 stands on it`,
      "Resume or export the run, which trains what is damaged again; then fork it.",
    );
  }
  const owner = { ...groupTraining(parent), run: parent };
  const { state } = decodeCheckpoint(grouped, owner);
  const cut = await storedCut({ runs }, parent, state);
  const own = { ...cut, plan: planSplit(unblockedSplitSpec(child.config, child.classes.length), cut.partitions) };
  const { step, files } = forkedStage(bytes, { ...finetuneTraining(cut), run: parent }, { ...finetuneTraining(own), run: child });
  const first = forkedStage(grouped, owner, { ...groupTraining(child), run: child });
  return { step, files: new Map([...first.files, [PLAN_FILE, plan.bytes], ...files]) };
}

/** The checkpoint as one of the other run, which it then belongs to. */
function forkedStage(bytes: Uint8Array, from: CheckpointOwner, to: CheckpointOwner): ForkFiles {
  const checkpoint = decodeCheckpoint(bytes, from);
  const { step } = checkpoint.state;
  const encoded = encodeCheckpoint(checkpoint, to);
  const isBest = checkpoint.best?.step === step;
  const best = isBest ? [[bestCheckpointName(to.stage), encoded] as const] : [];
  return { step, files: new Map([...best, [checkpointName(to.stage), encoded]]) };
}

/** Settings that a checkpoint of a stage was made with for good. */
const KEPT: Readonly<Record<TrainingStage, readonly (keyof Config)[]>> = {
  group: ["model", "grouping", "fixedGroups", "blockOrder"],
  finetune: ["model", "grouping", "fixedGroups", "blockOrder", "group"],
};

function checkConfig(parent: Config, child: Config, stage: TrainingStage): void {
  const changed = KEPT[stage].find((key) => JSON.stringify(parent[key]) !== JSON.stringify(child[key]));
  if (changed === undefined) return;
  throw new ConfigError(
    `${changed}: a fork keeps what its checkpoint was made with, and these settings change it`,
    "Fork with the run's own settings, or start a new run with Group.",
  );
}
