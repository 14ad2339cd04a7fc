import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildProgram, finished, PROGRAM, splitnet } from "../src/cli/testing-process";
import { SlurmCluster } from "./support/slurm";
import { reached, SMALL_SAMPLE, SMALL_SWEEP, sweepNumbers } from "./support/sweep-numbers";

/** A real Slurm of one node does what `splitnet cluster` wrote for it. */

const TASKS = 3;
/** With enough steps that both ends fall into the first stage. */
const SWEEP = {
  ...SMALL_SWEEP,
  config: { ...SMALL_SWEEP.config, group: { ...SMALL_SWEEP.config.group, steps: 24 } },
  seeds: { from: 1, count: TASKS },
};
const DONE_TIMEOUT_MS = 5 * 60_000;

let folder: string;
let cluster: SlurmCluster;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-slurm-"));
  cluster = await SlurmCluster.start(folder);
  await buildProgram();
});

afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function succeeded(...args: string[]): Promise<string> {
  const { code, out, err } = await finished(splitnet(...args));
  expect([args[0], code, code === 0 ? "" : err]).toEqual([args[0], 0, ""]);
  return out;
}

/** The process that works on a run, as its lock says. */
function workerOf(out: string, id: string): number {
  const run = join(out, "runs", id);
  const lock = readdirSync(run).find((name) => /^lock-\d+\.json$/.test(name));
  if (lock === undefined) throw new Error(`nobody works on ${id}`);
  return JSON.parse(readFileSync(join(run, lock), "utf8")).pid;
}

const log = (task: number) => readFileSync(join(folder, `splitnet-small-${task}.log`), "utf8");

/** Resolves when every task of the array is completed; fails with the logs where one ends otherwise, or time is up. */
async function completed(job: string) {
  const deadline = Date.now() + DONE_TIMEOUT_MS;
  for (;;) {
    const tasks = await cluster.tasks(job);
    const states = [...tasks.values()].map(({ JobState }) => JobState);
    if (states.length === TASKS && states.every((state) => state === "COMPLETED")) return tasks;
    const ended = states.some((state) => state === "CANCELLED" || state === "TIMEOUT" || state === "NODE_FAIL");
    if (ended || Date.now() > deadline) throw new Error(`tasks ended as ${states}\n${[...tasks.keys()].map(log).join("\n")}`);
    await delay(300);
  }
}

test("a job array with one task killed and one requeued comes to the numbers of the sweep done here", async () => {
  const [file, archive, script] = [join(folder, "sweep.json"), join(folder, "sample.tar.gz"), join(folder, "job.sh")];
  const [here, there] = [join(folder, "here"), join(folder, "there")];
  await writeFile(file, JSON.stringify(SWEEP));
  await succeeded("sample", "--out", archive, ...SMALL_SAMPLE);
  const local = JSON.parse(await succeeded("sweep", file, "--data", archive, "--out", here, "--json"));
  const ids: string[] = local.runs.map(({ id }: { id: string }) => id);

  const where = ["--data", archive, "--out", there, "--script", script];
  await succeeded("cluster", "slurm", file, ...where, "--gpus", "0", "--program", `${process.execPath} ${PROGRAM}`);
  const job = await cluster.submit(script);
  // The first two tasks run side by side, the third when one of them ends.
  await reached(there, ids[0] ?? "", 1, () => true);
  process.kill(workerOf(there, ids[0] ?? ""), "SIGKILL");
  await reached(there, ids[1] ?? "", 1, () => true);
  await cluster.requeue(`${job}_2`);

  const tasks = await completed(job);
  expect([1, 2, 3].map((task) => [tasks.get(task)?.Restarts, tasks.get(task)?.ExitCode])).toEqual([
    ["1", "0:0"],
    ["1", "0:0"],
    ["0", "0:0"],
  ]);
  for (const task of [1, 2]) expect(log(task)).toContain("group: continuing after step");
  expect(sweepNumbers(there)).toEqual(sweepNumbers(here));

  const merged = join(folder, "merged");
  const report = JSON.parse(await succeeded("merge", there, here, "--sweep", file, "--out", merged, "--json"));
  expect([report.runs.length, report.missing, report.problems]).toEqual([TASKS, [], []]);
  expect(report.overlaps.map(({ kind }: { kind: string }) => kind)).toEqual(["same", "same", "same"]);
});
