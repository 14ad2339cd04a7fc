import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { planKills, STAGES } from "./kill-plan.mjs";
import { cutWrite, hashTensors, readCurves, runFolder, stageUnderWay, stepsDone } from "./run-on-disk.mjs";
import { TrainingProcess } from "./training-process.mjs";

/**
 * @typedef {import("./kill-plan.mjs").Stage} Stage
 * @typedef {import("./kill-plan.mjs").Kill} Kill
 * @typedef {import("./training-process.mjs").Durations} Durations
 *
 * What a kill hit: a stage or nothing of one, and what the process was at.
 * @typedef {{ readonly stage: Stage | null, readonly moment: "start" | "training" | "write" | "renames" }} Hit
 *
 * @typedef {object} Options
 * @property {number} kills
 * @property {number} seed
 * @property {string} program the built command line
 * @property {readonly string[]} args options of `run` but --out
 * @property {number} checkpointEverySteps of both stages
 * @property {number} stepsAStage
 * @property {string} folder for the runs
 * @property {(line: string) => void} note
 *
 * @typedef {object} Result
 * @property {number} kills
 * @property {number} resumed kills after which the same command went on to the end
 * @property {number} equal kills whose run ended with the tensors and the curves of the run that nothing interrupted
 * @property {number} lostSteps most steps that one kill cost: their losses were on disk, or the record counted them, and the process
 *   after it did not resume from there
 * @property {number} checkpointEverySteps what lostSteps may be at most
 * @property {Readonly<Record<"group" | "finetune" | "elsewhere" | "duringStart" | "duringWrite" | "betweenRenames", number>>} hits kills by
 *   stage, and by what the process was at; "elsewhere" is between and after the stages; renames are part of a write
 * @property {number} runs that took kills
 */

/**
 * Trains a run once without interruption, then again and again with kills, until so many were made.
 * @param {Options} options
 * @returns {Promise<Result>}
 */
export async function torture(options) {
  const { kills, folder, note, checkpointEverySteps } = options;
  const whole = join(folder, "whole");
  note("training once without interruption");
  const uninterrupted = new TrainingProcess(options.program, options.args, whole);
  const durations = await uninterrupted.measure();
  if ((await uninterrupted.ended) !== 0) throw new Error(`the run failed without any kill:\n${uninterrupted.text}`);

  /** @type {Hit[]} */
  const hits = [];
  let [runs, resumed, equal, lostSteps] = [0, 0, 0, 0];
  while (hits.length < kills) {
    runs++;
    const out = join(folder, `killed-${runs}`);
    const run = await trainWithKills(options, out, durations, hits.length);
    if (run.hits.length === 0) throw new Error(`${out}: the run ended before any kill could be made:\n${run.text}`);
    hits.push(...run.hits);
    lostSteps = Math.max(lostSteps, run.lostSteps);
    if (run.exitCode !== 0) {
      note(`run ${runs} did not resume (${run.exitCode}):\n${run.text}`);
      continue;
    }
    resumed += run.hits.length;
    const differences = compare(whole, out);
    if (differences.length === 0) equal += run.hits.length;
    note(`run ${runs}: after ${run.hits.length} kills ${differences.join(" and ") || "equal to the run without"}`);
  }
  return { kills: hits.length, resumed, equal, lostSteps, checkpointEverySteps, hits: countHits(hits), runs };
}

/**
 * Why a result is none to be content with; [] where it is.
 * @param {Result} result
 */
export function complaints({ kills, resumed, equal, lostSteps, checkpointEverySteps, hits }) {
  return [
    ...(resumed < kills ? [`${kills - resumed} kills were not resumed from`] : []),
    ...(equal < kills ? [`${kills - equal} kills changed the end of their run`] : []),
    ...(lostSteps > checkpointEverySteps
      ? [`a kill cost ${lostSteps} steps, and a checkpoint is every ${checkpointEverySteps}`]
      : []),
    ...STAGES.flatMap((stage) => (kills > 1 && hits[stage] === 0 ? [`no kill hit ${stage}`] : [])),
    ...(hits.duringWrite === 0 ? ["no kill hit the write of a checkpoint"] : []),
  ];
}

/**
 * Starts the same command until it ends by itself, and kills it as planned.
 * @param {Options} options
 * @param {string} out
 * @param {Durations} durations
 * @param {number} made kills before this run
 */
async function trainWithKills({ kills, seed, program, args, checkpointEverySteps, stepsAStage, note }, out, durations, made) {
  const plan = planKills({ kills, made, seed, checkpointsAStage: stepsAStage / checkpointEverySteps });
  /** @type {Hit[]} */
  const hits = [];
  const losses = new Losses();
  for (;;) {
    const trained = new TrainingProcess(program, args, out);
    const kill = plan[hits.length];
    if (kill !== undefined) await trained.killAt(kill, checkpointEverySteps, durations);
    const exitCode = await trained.ended;
    losses.resumed(trained.text);
    if (exitCode !== "SIGKILL" || kill === undefined) return { exitCode, hits, lostSteps: losses.most, text: trained.text };
    const hit = inspect(out, kill, trained);
    losses.killed(out, hit.stage);
    hits.push(hit);
    const left = kills - made - hits.length;
    note(`kill ${made + hits.length} of ${kills}: ${describe(out, hit)}; ${left} left`);
  }
}

/**
 * @param {string} out
 * @param {Kill} kill
 * @param {TrainingProcess} trained
 * @returns {Hit}
 */
function inspect(out, kill, { startedAt }) {
  const folder = runFolder(out);
  const stage = folder === null ? null : stageUnderWay(folder);
  const cut = folder === null || stage === null ? null : cutWrite(folder, stage, startedAt);
  return { stage, moment: cut ?? (kill.kind === "start" ? "start" : "training") };
}

const MOMENTS = {
  start: "while it started",
  training: "between checkpoints",
  write: "while it wrote a checkpoint",
  renames: "between the renames of a checkpoint",
};

/**
 * @param {string} out
 * @param {Hit} hit
 */
function describe(out, { stage, moment }) {
  const folder = runFolder(out);
  if (folder === null || stage === null) return "outside of the stages";
  return `${stage}, step ${stepsDone(folder, stage)}, ${MOMENTS[moment]}`;
}

/** What kills cost, learnt from where the next process says that it continues. */
class Losses {
  most = 0;
  /** @type {{ stage: Stage, done: number } | null} */
  #waiting = null;

  /**
   * @param {string} out
   * @param {Stage | null} stage
   */
  killed(out, stage) {
    const folder = runFolder(out);
    if (folder === null || stage === null) return;
    const before = this.#waiting?.stage === stage ? this.#waiting.done : 0;
    this.#waiting = { stage, done: Math.max(before, stepsDone(folder, stage)) };
  }

  /**
   * @param {string} text what the next process said; one that was killed before it trained tells nothing
   */
  resumed(text) {
    if (this.#waiting === null || !text.includes("adapter: ")) return;
    const { stage, done } = this.#waiting;
    const [, step = "0"] = new RegExp(`${stage}: continuing after step (\\d+)`).exec(text) ?? [];
    this.most = Math.max(this.most, done - Number(step));
    this.#waiting = null;
  }
}

/**
 * @param {string} whole
 * @param {string} killed
 */
function compare(whole, killed) {
  const [expected, found] = [runFolder(whole), runFolder(killed)];
  if (expected === null || found === null) return ["without a run"];
  return [
    ...(hashTensors(found) === hashTensors(expected) ? [] : ["other tensors"]),
    ...(isDeepStrictEqual(readCurves(found), readCurves(expected)) ? [] : ["other curves"]),
  ];
}

/** @param {readonly Hit[]} hits */
function countHits(hits) {
  const count = (/** @type {(hit: Hit) => boolean} */ matches) => hits.filter(matches).length;
  return {
    group: count(({ stage }) => stage === "group"),
    finetune: count(({ stage }) => stage === "finetune"),
    elsewhere: count(({ stage }) => stage === null),
    duringStart: count(({ moment }) => moment === "start"),
    duringWrite: count(({ moment }) => moment === "write" || moment === "renames"),
    betweenRenames: count(({ moment }) => moment === "renames"),
  };
}
