import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expandSweep } from "../../model/sweep";
import { RunFolder } from "../run-folder";
import { runHere } from "../testing";
import { keepFailure, keepPoint } from "./stored-run";
import { writeResult } from "./testing-results";

let folder: string;
let archive: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-sweep-command-"));
  archive = join(folder, "sample.tar.gz");
  const made = await runHere(
    "sample",
    "--out",
    archive,
    "--classes",
    "4",
    "--superclasses",
    "2",
    "--train",
    "20",
    "--test",
    "10",
  );
  expect(made.code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true }));

async function sweepFile(content: string | Uint8Array): Promise<string> {
  const path = join(folder, "sweep.yaml");
  await writeFile(path, content);
  return path;
}

const GOOD = "name: good\npreset: tiny\nseeds: [1, 2]\n";

test.each([
  [["--out", "OUT"], 2, /--data ARCHIVE is missing/],
  [["--data", "DATA"], 2, /--out is missing/],
  [["--data", "DATA", "--out", "OUT", "--task", "3/2"], 2, /--task 3\/2: expected the share as K\/N/],
  [["--data", "none.tar.gz", "--out", "OUT"], 1, /none\.tar\.gz: there is no such file/],
])("%j is refused before anything is written", async (args, code, message) => {
  const out = join(folder, "refused");
  const named = args.map((arg) => (arg === "OUT" ? out : arg === "DATA" ? archive : arg));
  const outcome = await runHere("sweep", await sweepFile(GOOD), ...named);
  expect(outcome).toMatchObject({ code, out: "", err: expect.stringMatching(message) });
  expect(await readdir(folder)).not.toContain("refused");
});

test.each([
  ["that is not there", null, /none\.yaml: there is no such file/],
  ["that is no text", Uint8Array.of(0xff, 0xfe, 0x00), /sweep\.yaml: not a text in UTF-8/],
  [
    "with a fault",
    "name: good\npreset: tiny\ngrid: { group.steps: [0] }\n",
    /sweep\.yaml: group\.steps 0: group\.steps: steps is at least 1/,
  ],
  [
    "that does not fit the images",
    "name: good\npreset: tiny\ngrid: { grouping: [2-2-2, 2-2-8] }\n",
    /grouping 2-2-8: grouping: 8 groups for the classes, but sample\.tar\.gz has only 4/,
  ],
])("a sweep file %s is refused before anything is done", async (_, content, message) => {
  const file = content === null ? join(folder, "none.yaml") : await sweepFile(content);
  const outcome = await runHere("sweep", file, "--data", archive, "--out", join(folder, "refused"));
  expect(outcome).toMatchObject({ code: 1, out: "", err: expect.stringMatching(message) });
  expect(await readdir(folder)).not.toContain("refused");
});

test("a dry run tells of every run what its folder holds, and changes nothing", async () => {
  const out = join(folder, "known");
  const { runs } = expandSweep({ name: "good", preset: "tiny", seeds: [1, 2, 3, 4] });
  const [done, begun, failed] = runs.map((run) => ({ run, own: new RunFolder(join(out, "runs", run.id)) }));
  if (done === undefined || begun === undefined || failed === undefined) throw new Error("the sweep has four runs");
  await writeResult(done.own, done.run, { phase: "finetuned", step: 9, top1: 0.5, seconds: 70 });
  await writeResult(begun.own, begun.run, { phase: "finetuning", step: 3, top1: null });
  await keepPoint(failed.own, "good", failed.run.config);
  await keepFailure(failed.own, { name: "DivergenceError", message: "the loss is not finite", cure: "Lower it." });
  const before = await readdir(out, { recursive: true });
  const file = await sweepFile("name: good\npreset: tiny\nseeds: [1, 2, 3, 4]\n");
  const { code, out: table, err } = await runHere("sweep", file, "--data", archive, "--out", out, "--dry-run");
  expect([code, err]).toEqual([
    0,
    "sweep good: 4 runs; 1 finished, 3 to do\nabout 3 min 30 s (by FLOPs from 1 finished of this sweep)\n",
  ]);
  expect(
    table
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.replace(/^\w+ +/, "").replaceAll(/ +/g, " ")),
  ).toEqual([
    "1 finished 25.0% 50.0% 1 min 10 s",
    "2 finetuning, step 3 - - -",
    "3 failed: DivergenceError - - -",
    "4 waiting - - -",
  ]);
  expect(await readdir(out, { recursive: true })).toEqual(before);
});

test("a run in the folder of another is a failure that names it, and no result", async () => {
  const out = join(folder, "mixed");
  const [one, two] = expandSweep({ name: "good", preset: "tiny", seeds: [1, 2] }).runs;
  if (one === undefined || two === undefined) throw new Error("the sweep has two runs");
  await writeResult(new RunFolder(join(out, "runs", one.id)), two, { phase: "finetuned", step: 9, top1: 0.5 });
  await writeResult(new RunFolder(join(out, "runs", two.id)), two, { phase: "finetuned", step: 9, top1: 0.5 });
  const json = await runHere("sweep", await sweepFile(GOOD), "--data", archive, "--out", out, "--dry-run", "--json");
  const [first] = JSON.parse(json.out).runs;
  expect(first).toMatchObject({
    state: "failed",
    error: { message: expect.stringContaining("holds a run of another configuration") },
  });
});
