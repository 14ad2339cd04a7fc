import { createHash } from "node:crypto";

/**
 * The training stages in their order, as files and messages name them.
 * @typedef {"group" | "finetune"} Stage
 * @type {readonly Stage[]}
 */
export const STAGES = ["group", "finetune"];

/**
 * When a process is to be killed: while it writes a checkpoint, while the checkpoint takes over its name, between two checkpoints,
 * or while it starts.
 * @typedef {"write" | "renames" | "interval" | "start"} KillKind
 * @type {readonly KillKind[]}
 */
const KINDS = ["write", "interval", "renames", "start"];

/**
 * One kill: not before the run has `checkpoints` checkpoints of `stage`. `share` (0..1) of what the kind takes passes before it.
 * @typedef {{ readonly stage: Stage, readonly checkpoints: number, readonly kind: KillKind, readonly share: number }} Kill
 */

/** Kills that one run takes: more would hit the same few checkpoints again. */
const KILLS_A_RUN = 8;

/**
 * Kills of the next run, in the order of their moments, after `made` kills of all: stages take turns, then kinds do.
 * @param {{ kills: number, made: number, seed: number, checkpointsAStage: number }} options
 * @returns {Kill[]}
 */
export function planKills({ kills, made, seed, checkpointsAStage }) {
  const numbers = Array.from({ length: Math.min(KILLS_A_RUN, kills - made) }, (_, index) => made + index);
  const planned = numbers.map((number) => {
    const stage = /** @type {Stage} */ (STAGES[number % STAGES.length]);
    const kind = /** @type {KillKind} */ (KINDS[Math.floor(number / STAGES.length) % KINDS.length]);
    // After its last checkpoint a stage is as good as over; all that a kill can hit then is what follows.
    const choices = kind === "interval" ? checkpointsAStage + 1 : checkpointsAStage;
    const checkpoints = Math.floor(chance(seed, "checkpoint", number) * choices);
    return { stage, kind, checkpoints, share: chance(seed, "share", number) };
  });
  return planned.sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || a.checkpoints - b.checkpoints);
}

/**
 * A number in [0, 1) for each purpose and counter: other draws do not shift it.
 * @param {number} seed
 * @param {string} purpose
 * @param {number} counter
 */
function chance(seed, purpose, counter) {
  return createHash("sha256").update(`${seed}/${purpose}/${counter}`).digest().readUInt32LE(0) / 2 ** 32;
}
