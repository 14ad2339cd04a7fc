import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expandSweep, type SweepRun } from "../../model/sweep";
import { RunFolder } from "../run-folder";
import { runHere } from "../testing";
import type { MergeReport } from "./merge-report";
import { keepFailure, keepPoint } from "./stored-run";
import { type TestResult, writeResult } from "./testing-results";

const FILE = { name: "test", preset: "tiny", grid: { grouping: ["2-2-2", "1-2-2"] }, seeds: [1, 2, 3, 4] };
const [a1, a2, a3, a4] = [runOf("2-2-2", 1), runOf("2-2-2", 2), runOf("2-2-2", 3), runOf("2-2-2", 4)];
const [b1, b2, b3, b4] = [runOf("1-2-2", 1), runOf("1-2-2", 2), runOf("1-2-2", 3), runOf("1-2-2", 4)];
const stranger = runOf("2-2-2", 9);

function runOf(grouping: string, seed: number): SweepRun {
  const [run] = expandSweep({ ...FILE, grid: { grouping: [grouping] }, seeds: [seed] }).runs;
  if (run === undefined) throw new Error("a sweep has a run");
  return run;
}

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "splitnet-merge-"));
});

afterEach(() => rm(root, { recursive: true }));

const folderOf = (machine: number) => join(root, `machine-${machine}`);
const runFolder = (machine: number, { id }: SweepRun) => new RunFolder(join(folderOf(machine), "runs", id));
const put = (machine: number, run: SweepRun, result: TestResult) => writeResult(runFolder(machine, run), run, result);
const finished = (top1: number, seconds = 1): TestResult => ({ phase: "finetuned", step: 9, top1, seconds });

/** Where the files of a run lie. */
async function innerFolder(machine: number, run: SweepRun): Promise<string> {
  const runsPath = join(runFolder(machine, run).path, "runs");
  const [name = ""] = await readdir(runsPath);
  return join(runsPath, name);
}

/** Ten folders as machines leave them: overlaps, a half-written run, one of another version, a damaged one, a failed one. */
async function tenFolders(): Promise<string[]> {
  await put(0, a1, finished(0.5));
  await put(0, a2, finished(0.75));
  await put(1, a2, finished(0.75, 7));
  await put(1, a3, finished(0.625));
  await put(2, a3, { phase: "finetuning", step: 2, top1: null });
  await put(2, a4, { phase: "grouping", step: 300, top1: null });
  await put(3, a4, { phase: "finetuning", step: 1, top1: null });
  await put(4, b1, finished(0.25));
  await put(5, b1, finished(0.375));
  const half = join(runFolder(6, b2).path, "runs", "tiny-20260101-000000");
  await mkdir(half, { recursive: true });
  await writeFile(join(half, "run.json.tmp"), '{"version": 4, "id"');
  await put(7, b3, finished(0.125));
  const newer = join(await innerFolder(7, b3), "run.json");
  await writeFile(newer, JSON.stringify({ ...JSON.parse(await readFile(newer, "utf8")), version: 99 }));
  await put(8, b3, finished(0.125));
  await put(8, b4, finished(0.5));
  await writeFile(join(await innerFolder(8, b4), "evaluation.json"), "{}");
  await put(9, stranger, finished(0.625));
  await keepPoint(runFolder(9, b2), "test", b2.config);
  await keepFailure(runFolder(9, b2), { name: "ConfigError", message: "no such luck", cure: "Try." });
  return Array.from({ length: 10 }, (_, machine) => folderOf(machine));
}

/** Content and times of every file below. */
async function snapshot(): Promise<string> {
  const hash = createHash("sha256");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const { mtimeMs, size } = await stat(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}

async function merge(folders: readonly string[], ...more: string[]) {
  const out = await mkdtemp(join(tmpdir(), "splitnet-merged-"));
  try {
    const outcome = await runHere("merge", ...folders, "--out", out, "--json", ...more);
    const text = async (name: string) => readFile(join(out, name), "utf8");
    expect(outcome).toMatchObject({ code: 0, err: "" });
    const report: MergeReport = JSON.parse(outcome.out);
    expect(JSON.parse(await text("report.json"))).toEqual(report);
    return { report, runsCsv: await text("runs.csv"), pointsCsv: await text("points.csv"), markdown: await text("report.md") };
  } finally {
    await rm(out, { recursive: true });
  }
}

async function sweepFile(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "splitnet-sweep-file-")), "sweep.json");
  await writeFile(path, JSON.stringify(FILE));
  return path;
}

test("ten folders with overlaps, one half-written and one of another version: named, nothing counted twice, nothing lost", async () => {
  const folders = await tenFolders();
  const before = await snapshot();
  const file = await sweepFile();
  const { report } = await merge(folders, "--sweep", file);
  await rm(join(file, ".."), { recursive: true });
  expect(await snapshot()).toBe(before);

  const standing = report.runs.map(({ id, state, measures, folder }) => [id, state, measures.splitTop1, folder]);
  const at = (machine: number, run: SweepRun) => runFolder(machine, run).path;
  expect(standing).toEqual([
    [a1.id, "finished", 0.5, at(0, a1)],
    [a2.id, "finished", 0.75, at(0, a2)],
    [a3.id, "finished", 0.625, at(1, a3)],
    [a4.id, "finetuning, step 1", null, at(3, a4)],
    [stranger.id, "finished", 0.625, at(9, stranger)],
    [b1.id, "finished", 0.25, at(4, b1)],
    [b2.id, "failed", null, at(9, b2)],
    [b3.id, "finished", 0.125, at(8, b3)],
  ]);
  expect(report.runs.find(({ id }) => id === b2.id)?.error).toBe("no such luck");
  expect(report.missing).toEqual([{ id: b4.id, values: "grouping 1-2-2", seed: 4 }]);
  expect(report.overlaps).toEqual([
    { id: a2.id, kind: "same", taken: at(0, a2), others: [at(1, a2)] },
    { id: a3.id, kind: "further", taken: at(1, a3), others: [at(2, a3)] },
    { id: a4.id, kind: "further", taken: at(3, a4), others: [at(2, a4)] },
    { id: b1.id, kind: "differing", taken: at(4, b1), others: [at(5, b1)] },
  ]);
  const reasons = Object.fromEntries(report.problems.map(({ path, reason }) => [path, reason]));
  expect(reasons).toEqual({
    [at(6, b2)]: expect.stringContaining("holds neither a run nor what it was to be"),
    [at(7, b3)]: expect.stringMatching(/is of version 99, and this program knows versions up to \d/),
    [at(8, b4)]: expect.stringContaining("evaluation is damaged"),
    [at(9, stranger)]: expect.stringContaining("is no run of the sweep file"),
  });
});

test("a point has mean and sample deviation over its finished seeds, and the fields that differ alone", async () => {
  const { report } = await merge(await tenFolders());
  const [second, first] = report.points;
  expect(report.points.map(({ values, runs: count, finished: done }) => [values, count, done])).toEqual([
    [{ grouping: "1-2-2" }, 3, 2],
    [{ grouping: "2-2-2" }, 5, 4],
  ]);
  // 0.5, 0.75, 0.625, 0.625: mean 0.625, squares 2/64 over 3.
  expect(first?.measures.splitTop1.mean).toBe(0.625);
  expect(first?.measures.splitTop1.deviation).toBeCloseTo(Math.sqrt(2 / 64 / 3), 15);
  expect(first?.measures.splitTop1.bySeed.map(({ seed }) => seed)).toEqual([1, 2, 3, 9]);
  expect(first?.measures.unsplitTop1.mean).toBe(0.3125);
  expect(second?.measures.splitTop1.bySeed).toEqual([
    { seed: 1, value: 0.25 },
    { seed: 3, value: 0.125 },
  ]);
  // Two even groups of four classes are the two superclasses.
  expect(first?.measures.agreement).toMatchObject({ mean: 1, deviation: 0, count: 4 });
});

test("tables and text tell the same, and what went wrong is in words", async () => {
  const { runsCsv, pointsCsv, markdown } = await merge(await tenFolders());
  const rows = runsCsv.trimEnd().split("\r\n");
  expect(rows[0]).toMatch(/^run,state,grouping,seed,dataset,splitTop1,unsplitTop1,/);
  expect(rows.length).toBe(9);
  expect(rows[4]).toMatch(new RegExp(`^${a1.id},finished,2-2-2,1,d{64},0\\.5,0\\.25,1,0\\.5,1,1,`));
  expect(pointsCsv.split("\r\n")[2]).toMatch(/^2-2-2,d{64},5,4,0\.625,0\.1020\d*,0\.3125,/);
  expect(markdown).toContain("| 2-2-2 | 4 of 5 | 62.50 % ± 10.21 % | 31.25 % ± 5.10 % | 1.000 ± 0.000 |");
  for (const part of ["no such luck", "version 99", "FINISHED TO DIFFERENT NUMBERS", "finetuning, step 1"])
    expect(markdown).toContain(part);
});

test("the same folder named twice counts once", async () => {
  await put(0, a1, finished(0.5));
  const { report } = await merge([folderOf(0), folderOf(0)]);
  expect(report.points.map(({ finished: done }) => done)).toEqual([1]);
  expect(report.overlaps).toMatchObject([{ kind: "same" }]);
});

test("runs of other images are another point", async () => {
  await put(0, a1, finished(0.5));
  await put(1, a2, finished(0.25));
  const record = join(await innerFolder(1, a2), "run.json");
  await writeFile(record, JSON.stringify({ ...JSON.parse(await readFile(record, "utf8")), datasetId: "e".repeat(64) }));
  const { report } = await merge([folderOf(0), folderOf(1)]);
  expect(report.points.map(({ values }) => values)).toEqual([{ images: "d".repeat(12) }, { images: "e".repeat(12) }]);
});

test("a folder that is not there, holds no sweep, or would get the report is named", async () => {
  await put(0, a1, finished(0.5));
  const missing = await runHere("merge", join(root, "none"), "--out", join(root, "out"));
  expect(missing).toMatchObject({ code: 1, err: expect.stringMatching(/none: there is no such folder\. Check/) });
  const inside = await runHere("merge", folderOf(0), "--out", join(folderOf(0), "report"));
  expect(inside).toMatchObject({
    code: 1,
    err: expect.stringMatching(/whose results stay as they are\. Choose a folder beside it/),
  });
  await mkdir(join(root, "empty"));
  const { report } = await merge([folderOf(0), join(root, "empty")]);
  expect(report.problems).toEqual([{ path: join(root, "empty"), reason: "holds no runs of a sweep" }]);
});
