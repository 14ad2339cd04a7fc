import { unzipSync } from "fflate";
import { CheckpointError, RequestError } from "../base/errors";
import { RUN_FOLDER } from "../export/bundle";
import { metricsLineParts } from "../export/tables";
import { type Archive, type OptionalFile, textFile, textPartsFile, zipStream } from "../export/zip";
import { eachMetric } from "../model/curve-columns";
import type { Metric, RunRecord } from "../model/run";
import { parseMetric, parseRunRecord, storedRecord } from "../storage/run-record";
import type { RunStore } from "../storage/stores";
import { decodeHistory, HISTORY_FILE } from "./assignment-history";
import { bestCheckpointName, checkpointName, decodeCheckpoint } from "./checkpoint";
import { DESCRIPTION_FILE, decodeDescription } from "./description-file";
import { decodeEvaluation, EVALUATION_FILE } from "./evaluation-file";
import { finetuneTraining, groupTraining, storedCut } from "./networks";
import { PLAN_FILE } from "./plan-file";
import { storedRun, unusedRunId } from "./runs";
import { type CheckpointFiles, lastCheckpoint, type StageNetwork } from "./stored-checkpoint";
import { writeRun } from "./written-run";
import { namesIn } from "./zip-members";

/**
 * A whole run as one file, to go on with elsewhere: a zip whose members are named as a run's folder on a disk names its files. An exported
 * bundle has the same members in a folder of its own.
 */

const RECORD_FILE = "run.json";
const METRICS_FILE = "metrics.ndjson";
/** The files of a run beside its record and its metrics. */
export const RUN_FILES = [
  HISTORY_FILE,
  checkpointName("group"),
  bestCheckpointName("group"),
  PLAN_FILE,
  checkpointName("finetune"),
  bestCheckpointName("finetune"),
  EVALUATION_FILE,
  DESCRIPTION_FILE,
] as const;
const MEMBERS: ReadonlySet<string> = new Set([RECORD_FILE, METRICS_FILE, ...RUN_FILES]);

/** The run as a zip dated as the run. Copies that a newer write has replaced stay behind. */
export async function packRun(runs: RunStore, id: string): Promise<Archive> {
  const { createdAt } = await storedRun(runs, id);
  const stream = zipStream(await runFiles(runs, id), { modifiedAt: createdAt, checksums: false });
  return { fileName: `splitnet-run-${id}.zip`, stream };
}

/** The members of a packed run. A stored file is read once, when its turn comes: checkpoints of a wide network do not fit in memory together. */
export async function runFiles(runs: RunStore, id: string): Promise<readonly OptionalFile[]> {
  const record = await storedRun(runs, id);
  const curves = await runs.readCurves(id);
  return [
    textFile(RECORD_FILE, () => `${JSON.stringify(storedRecord(record), null, 2)}\n`),
    textPartsFile(METRICS_FILE, () => metricsLineParts(eachMetric(curves))),
    ...RUN_FILES.map((name) => ({ name, make: () => storedBytes(runs, id, name) })),
  ];
}

/** Null where the run has no such file, or no good copy of it. Throws RequestError where the run itself was freed meanwhile: what is packed then is no run. */
async function storedBytes(runs: RunStore, id: string, name: string): Promise<Uint8Array | null> {
  const file = await runs.readFile(id, name);
  if (file === null && !(await runs.isTaken(id)))
    throw new RequestError(`run ${id} was removed while it was being saved`, "Save a run that is still there.");
  return file?.bytes ?? null;
}

/**
 * Stores a packed run or that of a bundle, under another id if its own is taken, and returns its record. Everything is read before anything is written;
 * throws CheckpointError or StorageError where the file is not a whole run, and then nothing is kept.
 */
export async function unpackRun(runs: RunStore, bytes: Uint8Array): Promise<RunRecord> {
  const { record: packed, metrics, files } = await parsePackedRun(bytes);
  const id = await unusedRunId(runs, packed.id);
  const record = { ...packed, id };
  return writeRun(runs, record, metrics, files);
}

interface PackedRun {
  readonly record: RunRecord;
  readonly metrics: readonly Metric[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Reads and checks every part of a packed run. */
export async function parsePackedRun(bytes: Uint8Array): Promise<PackedRun> {
  const members = membersOf(bytes);
  const record = parseRunRecord(parseJson(requiredMember(members, RECORD_FILE), RECORD_FILE), RECORD_FILE);
  const metrics = textOf(requiredMember(members, METRICS_FILE))
    .split("\n")
    .filter((line) => line !== "")
    .map(
      (line, index) =>
        parseMetric(parseJson(new TextEncoder().encode(line), METRICS_FILE)) ??
        unreadable(`line ${index + 1} of ${METRICS_FILE} is not a metric`),
    );
  const files = new Map(
    RUN_FILES.flatMap((name) => (members[name] === undefined ? [] : [[name as string, members[name]] as const])),
  );
  await checkFiles(record, files);
  return { record, metrics, files };
}

/** Every file is read as the stages will read it, so that what is missing or foreign shows now. */
async function checkFiles(record: RunRecord, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const readFile = async (_: string, name: string) => {
    const bytes = files.get(name);
    return bytes === undefined ? null : { bytes, previous: false };
  };
  const packed = { runs: { readFile } };
  const isSplit = record.phase === "finetuning" || record.phase === "finetuned";
  const grouped = await stageState(packed, record, groupTraining(record));
  const reached = record.phase === "grouping" ? record.checkpointStep : record.config.group.steps;
  if ((grouped?.step ?? 0) !== reached) unreadable(`it lacks the checkpoint of step ${reached} of stage 1`);
  if (isSplit && grouped !== null) {
    const cut = await storedCut(packed, record, grouped);
    const finetuned = await stageState(packed, record, finetuneTraining(cut));
    if ((finetuned?.step ?? 0) !== record.checkpointStep)
      unreadable(`it lacks the checkpoint of step ${record.checkpointStep} of stage 2`);
  }
  const history = files.get(HISTORY_FILE);
  if (history !== undefined) decodeHistory(history, groupTraining(record).spec);
  const description = files.get(DESCRIPTION_FILE);
  if (description !== undefined && decodeDescription(description) === null) unreadable("its name and notes cannot be read");
  const evaluation = files.get(EVALUATION_FILE);
  if (evaluation !== undefined) decodeEvaluation(evaluation);
  if (record.evaluated && evaluation === undefined) unreadable("it lacks its evaluation");
}

/** The stage's last checkpoint; its best one is checked as well. */
async function stageState(files: CheckpointFiles, record: RunRecord, network: StageNetwork) {
  const best = await files.runs.readFile(record.id, bestCheckpointName(network.stage));
  if (best !== null) decodeCheckpoint(best.bytes, { ...network, run: record });
  return lastCheckpoint(files, record, network);
}

/** Members of the zip by name, without the folder that a bundle has them in. Only stored ones: their size is that of their bytes, so that no file can claim to be more than it is. */
function membersOf(bytes: Uint8Array): Record<string, Uint8Array> {
  const seen = new Set<string>();
  try {
    const folder = namesIn(bytes).includes(`${RUN_FOLDER}${RECORD_FILE}`) ? RUN_FOLDER : "";
    const members = unzipSync(bytes, {
      filter: ({ name: path, compression, originalSize, size }) => {
        if (!path.startsWith(folder)) return false;
        const name = path.slice(folder.length);
        if (!MEMBERS.has(name)) unreadable(`it has a member that no run has: "${name.slice(0, 80)}"`);
        if (seen.has(name)) unreadable(`it has two members named ${name}`);
        seen.add(name);
        if (compression !== 0 || originalSize !== size) unreadable(`${name} is compressed; a saved run is not`);
        return true;
      },
    });
    return Object.fromEntries(Object.entries(members).map(([path, content]) => [path.slice(folder.length), content]));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError("the file is not a saved run: it is no zip archive, or it is cut off", CURE, { cause });
  }
}

function requiredMember(members: Record<string, Uint8Array>, name: string): Uint8Array {
  return members[name] ?? unreadable(`${name} is missing`);
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return unreadable(`${name} is not JSON`);
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const CURE = "Save the run again where it was trained, and load that file.";

function unreadable(cause: string): never {
  throw new CheckpointError(`the file is not a saved run: ${cause}`, CURE);
}
