import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { STAGES } from "./kill-plan.mjs";

/** @typedef {import("./kill-plan.mjs").Stage} Stage */

const PHASES = ["grouping", "grouped", "finetuning", "finetuned"];

/**
 * What a run folder says of its run, read from outside: with none of the code that is put to the test.
 * @typedef {{ readonly phase: string, readonly checkpointStep: number }} RunRecord
 * @typedef {{ readonly kind: "step" | "validation", readonly stage: Stage, readonly step: number }} Metric
 */

/**
 * Folder of the run's files, null before its record exists.
 * @param {string} out what --out was
 */
export function runFolder(out) {
  const runs = join(out, "runs");
  const ids = existsSync(runs) ? readdirSync(runs).filter((id) => existsSync(join(runs, id, "run.json"))) : [];
  if (ids.length > 1) throw new Error(`${runs} holds ${ids.length} runs: a process did not find the run it was to continue`);
  return ids[0] === undefined ? null : join(runs, ids[0]);
}

/**
 * @param {string} folder
 * @returns {RunRecord}
 */
export function readRecord(folder) {
  return JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
}

/**
 * The stage under way, null between and after the stages.
 * @param {string} folder
 * @returns {Stage | null}
 */
export function stageUnderWay(folder) {
  const { phase } = readRecord(folder);
  return phase === "grouping" ? "group" : phase === "finetuning" ? "finetune" : null;
}

/**
 * Whether the record says that so many steps of a stage are in a checkpoint.
 * @param {string} folder
 * @param {Stage} stage
 * @param {number} steps
 */
export function hasReached(folder, stage, steps) {
  const { phase, checkpointStep } = readRecord(folder);
  const now = PHASES.indexOf(phase);
  const wanted = PHASES.indexOf(stage === "group" ? "grouping" : "finetuning");
  return now > wanted || (now === wanted && checkpointStep >= steps);
}

/**
 * Metrics without the wall clock, in the order of the file. A torn last line, which a kill leaves, is none.
 * @param {string} folder
 * @returns {Metric[]}
 */
export function readCurves(folder) {
  const file = join(folder, "metrics.ndjson");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.flatMap((line) => {
    try {
      return [{ ...JSON.parse(line), time: 0 }];
    } catch {
      return [];
    }
  });
}

/**
 * Steps of a stage known to be done: their losses are on disk, or the record says so.
 * @param {string} folder
 * @param {Stage} stage
 */
export function stepsDone(folder, stage) {
  const known = stageUnderWay(folder) === stage ? readRecord(folder).checkpointStep : 0;
  const steps = readCurves(folder).flatMap((metric) =>
    metric.kind === "step" && metric.stage === stage ? [metric.step + 1] : [],
  );
  return Math.max(known, ...steps);
}

/**
 * SHA-256 of every tensor of both stages' checkpoints, last and best: parameters, momentum and statistics, with names and shapes. What
 * else the files hold is left out.
 * @param {string} folder
 */
export function hashTensors(folder) {
  const hash = createHash("sha256");
  for (const file of STAGES.flatMap(checkpointFiles).filter((name) => existsSync(join(folder, name)))) {
    const bytes = readFileSync(join(folder, file));
    const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
    const { __metadata__, ...tensors } = JSON.parse(bytes.toString("utf8", 8, headerEnd));
    for (const name of Object.keys(tensors).sort()) {
      const { dtype, shape, data_offsets: offsets } = tensors[name];
      hash.update(`${file} ${name} ${dtype} ${shape}\n`);
      hash.update(bytes.subarray(headerEnd + offsets[0], headerEnd + offsets[1]));
    }
  }
  return hash.digest("hex");
}

/**
 * How far a write of a checkpoint had come when the process died: null if none was under way. Leftovers of earlier processes do not
 * count.
 * @param {string} folder
 * @param {Stage} stage
 * @param {number} startedAt Unix milliseconds of the start of the process
 * @returns {"write" | "renames" | null}
 */
export function cutWrite(folder, stage, startedAt) {
  for (const file of checkpointFiles(stage)) {
    const status = (/** @type {string} */ ending) => statSync(join(folder, `${file}${ending}`), { throwIfNoEntry: false });
    const written = status(".tmp")?.mtimeMs ?? 0;
    if (written < startedAt) continue;
    // Renaming starts with the hash of the copy that is replaced, or with that of the first checkpoint; both got their names just now.
    return [".prev.sha256", ".sha256"].some((ending) => (status(ending)?.ctimeMs ?? 0) >= written) ? "renames" : "write";
  }
  return null;
}

/**
 * Where a stage keeps its best and its last checkpoint.
 * @param {Stage} stage
 */
export function checkpointFiles(stage) {
  return [`${stage}-best.safetensors`, `${stage}.safetensors`];
}
