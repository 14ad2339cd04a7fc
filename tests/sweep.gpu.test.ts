import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildProgram, finished, splitnet } from "../src/cli/testing-process";
import { reached, runIds, SMALL_SAMPLE, SMALL_SWEEP, sweepNumbers } from "./support/sweep-numbers";

let folder: string;
let archive: string;
/** The sweep done in one go: what every other way must come to. */
let whole: string;
let ids: string[];

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), "splitnet-sweep-"));
  [archive, whole] = [join(folder, "sample.tar.gz"), join(folder, "whole")];
  expect((await finished(splitnet("sample", "--out", archive, ...SMALL_SAMPLE))).code).toBe(0);
  const { code, out, err } = await finished(sweep(await sweepFile(), whole, "--json"));
  expect([code, err]).toEqual([
    0,
    expect.stringMatching(/sweep small: 2 runs; 0 finished, 2 to do\nabout \d+ s \(by FLOPs from a step/),
  ]);
  const report = JSON.parse(out);
  expect(report.counts).toEqual({ finished: 2, failed: 0, begun: 0, waiting: 0 });
  ids = report.runs.map(({ id }: { id: string }) => id);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function sweepFile(more: object = { seeds: [1, 2] }): Promise<string> {
  const path = join(folder, "sweep.json");
  await writeFile(path, JSON.stringify({ ...SMALL_SWEEP, ...more }));
  return path;
}

function sweep(file: string, out: string, ...more: string[]): ChildProcess {
  return splitnet("sweep", file, "--data", archive, "--out", out, ...more);
}

const isAlive = (child: ChildProcess) => () => child.exitCode === null && child.signalCode === null;

test("a finished sweep is not done again, and what it took tells how long the rest takes", async () => {
  const before = sweepNumbers(whole);
  const again = await finished(sweep(await sweepFile({ seeds: [1, 2, 3] }), whole, "--dry-run"));
  expect(again).toMatchObject({
    code: 0,
    err: expect.stringMatching(/3 runs; 2 finished, 1 to do\nabout \d+ s \(by FLOPs from 2 finished/),
  });
  expect(again.out.split("\n").map((line) => line.split(/ +/).slice(1, 3).join(" "))).toEqual([
    "seed state",
    "1 finished",
    "2 finished",
    "3 waiting",
    "",
  ]);
  const repeated = await finished(sweep(await sweepFile(), whole));
  expect([repeated.code, repeated.err]).toEqual([0, "sweep small: 2 runs; 2 finished, 0 to do\n"]);
  expect(sweepNumbers(whole)).toEqual(before);
});

test("a sweep that was killed, and interrupted, ends with the numbers of one that never stopped", async () => {
  const broken = join(folder, "broken");
  const file = await sweepFile();
  const killed = sweep(file, broken);
  await reached(broken, ids[0] ?? "", 1, isAlive(killed));
  killed.kill("SIGKILL");
  expect((await finished(killed)).signal).toBe("SIGKILL");

  const stopped = sweep(file, broken);
  await reached(broken, ids[1] ?? "", 1, isAlive(stopped));
  stopped.kill("SIGINT");
  expect(await finished(stopped)).toMatchObject({
    code: 130,
    err: expect.stringMatching(/group: continuing after step \d[\s\S]*interrupted in run 2 of 2\. Run the same/),
  });

  const last = await finished(sweep(file, broken));
  expect([last.code, last.err]).toEqual([0, expect.stringContaining("2 runs; 1 finished, 1 to do")]);
  expect(sweepNumbers(broken)).toEqual(sweepNumbers(whole));
});

test("two processes on one folder share the runs, and none is done twice", async () => {
  const shared = join(folder, "shared");
  const file = await sweepFile();
  const outcomes = await Promise.all([finished(sweep(file, shared)), finished(sweep(file, shared))]);
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  const begun = outcomes.flatMap(({ err }) => [...err.matchAll(/^run \d of 2 \((\w+)\)/gm)].map(([, id]) => id));
  expect(begun.sort()).toEqual([...ids].sort());
  expect(outcomes.every(({ out }) => out.match(/finished/g)?.length === 2)).toBe(true);
  expect(sweepNumbers(shared)).toEqual(sweepNumbers(whole));
});

test("shares of a sweep are all of it, each run once, to the same numbers", async () => {
  const file = await sweepFile();
  const shares = ["1/2", "2/2"].map((share) => ({ share, out: join(folder, `share-${share[0]}`) }));
  for (const { share, out } of shares) expect((await finished(sweep(file, out, "--task", share))).code).toBe(0);
  const done = shares.map(({ out }) => runIds(out));
  expect(done).toEqual([[ids[0]], [ids[1]]]);
  expect(Object.assign({}, ...shares.map(({ out }) => sweepNumbers(out)))).toEqual(sweepNumbers(whole));
});

test("a run that fails is recorded with its error, the others go on, and the exit code says so", async () => {
  const out = join(folder, "failing");
  const file = await sweepFile({ grid: { "group.penalties": [{ overlap: 1e39 }, {}] } });
  const { code, out: table, err } = await finished(sweep(file, out, "--export"));
  expect(code).toBe(1);
  expect(table).toMatch(/failed: DivergenceError[\s\S]* finished /);
  expect(err).toMatch(
    /splitnet: 1 of 2 runs failed: group\.penalties \{"overlap":1e\+39\}, seed 1: .*\. The same command tries them again/,
  );
  const [good] = JSON.parse((await finished(sweep(file, out, "--json", "--dry-run", "--export"))).out).runs.slice(1);
  expect(good.state).toBe("finished");
  expect(runIds(out).length).toBe(2);
  expect(existsSync(join(out, "runs", good.id, "failure.json"))).toBe(false);
});
