import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { hasReached, runFolder } from "./run-on-disk.mjs";

/**
 * @typedef {import("./kill-plan.mjs").Kill} Kill
 * How long a process takes to write its first checkpoint, from one to the next, and to write one.
 * @typedef {{ readonly startMs: number, readonly intervalMs: number, readonly writeMs: number }} Durations
 */

const POLL_MS = 5;

/** The command line as a process that trains a run; watched, and killed, from outside. */
export class TrainingProcess {
  /** Unix milliseconds. */
  startedAt = Date.now();
  /** Standard error so far. */
  text = "";
  #child;
  #out;
  #alive = true;

  /**
   * @param {string} program the built command line
   * @param {readonly string[]} args options of `run` but --out
   * @param {string} out folder of the run
   */
  constructor(program, args, out) {
    this.#out = out;
    this.#child = spawn(process.execPath, [program, "run", ...args, "--out", out], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr.on("data", (text) => {
      this.text += text;
    });
    /**
     * Exit code, or the signal that ended the process.
     * @type {Promise<number | string>}
     */
    this.ended = new Promise((done) => {
      this.#child.on("close", (code, signal) => {
        this.#alive = false;
        done(signal ?? code ?? 1);
      });
    });
  }

  /** Ends the process without giving it a moment. */
  kill() {
    this.#child.kill("SIGKILL");
  }

  /**
   * Kills at a moment of the plan; the process may end before.
   * @param {Kill} kill
   * @param {number} checkpointEverySteps
   * @param {Durations} durations
   */
  async killAt({ stage, checkpoints, kind, share }, checkpointEverySteps, { startMs, intervalMs, writeMs }) {
    if (kind === "start") {
      await wait(share * startMs);
      return this.kill();
    }
    await this.#until(() => {
      const folder = runFolder(this.#out);
      return folder !== null && hasReached(folder, stage, checkpoints * checkpointEverySteps);
    });
    if (kind === "interval") await wait(share * intervalMs);
    else await this.#appears(kind === "write" ? ".tmp" : ".prev.sha256");
    if (kind === "write") await wait(share * writeMs);
    this.kill();
  }

  /**
   * Watches the first stage to its end, and the process.
   * @returns {Promise<Durations>}
   */
  async measure() {
    await this.#until(() => runFolder(this.#out) !== null);
    /** @type {number[]} */
    const begun = [];
    /** @type {number[]} */
    const finished = [];
    const watcher = watch(runFolder(this.#out) ?? this.#out, (_, name) => {
      if (name === "group.safetensors.tmp" && begun.length === finished.length) begun.push(Date.now());
      if (name === "group.safetensors" && finished.length < begun.length) finished.push(Date.now());
    });
    await this.ended;
    watcher.close();
    return {
      startMs: (finished[0] ?? this.startedAt) - this.startedAt,
      intervalMs: median(finished.slice(1).map((time, index) => time - (finished[index] ?? time))),
      writeMs: median(finished.map((time, index) => time - (begun[index] ?? time))),
    };
  }

  /**
   * Resolves when the answer is yes, or the process ends.
   * @param {() => boolean} look
   */
  async #until(look) {
    while (this.#alive && !look()) await wait(POLL_MS);
  }

  /**
   * Resolves when the file of a checkpoint with that ending appears, or the process ends.
   * @param {string} ending
   */
  async #appears(ending) {
    const folder = runFolder(this.#out);
    if (folder === null) return;
    const stop = new AbortController();
    const appeared = new Promise((done) => {
      watch(folder, { signal: stop.signal }, (_, name) => {
        if (name?.endsWith(`.safetensors${ending}`)) done(name);
      });
    });
    await Promise.race([appeared, this.ended]);
    stop.abort();
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
