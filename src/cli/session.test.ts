import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { Progress } from "./progress";
import { RunFolder } from "./run-folder";
import { Session } from "./session";
import { runHere } from "./testing";

let folder: string;
let archive: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-session-"));
  archive = await sample("a.tar.gz", 1);
});

afterEach(() => rm(folder, { recursive: true }));

async function sample(name: string, seed: number): Promise<string> {
  const path = join(folder, name);
  await runHere(
    "sample",
    "--out",
    path,
    "--classes",
    "4",
    "--superclasses",
    "2",
    "--train",
    "20",
    "--test",
    "10",
    "--seed",
    String(seed),
  );
  return path;
}

/** A run that has trained nothing yet: no device is needed. */
async function startedRun(): Promise<string> {
  const path = join(folder, "run");
  const silent = { out: () => {}, err: () => {}, interactive: false, columns: 80 };
  const tools = { progress: new Progress(silent), signal: new AbortController().signal };
  const wish = { config: presetConfig("tiny"), data: [archive], starts: true };
  const session = await Session.open(new RunFolder(path), wish, tools);
  await session.close();
  return path;
}

const failure = (message: RegExp) => ({ code: 1, out: "", err: expect.stringMatching(message) });

test.each(["split", "finetune", "evaluate", "export"])(
  "%s over a folder without a run exits 1 and says how to start one",
  async (stage) => {
    expect(await runHere(stage, "--run", join(folder, "none"))).toEqual(
      failure(/^splitnet: .*none: holds no run\. Start one with .*\n$/),
    );
  },
);

test.each([
  [["run", "--preset", "tiny"], /--out is missing/],
  [["run", "--out", "OUT", "--preset", "tiny"], /--data ARCHIVE is missing/],
  [["run", "--out", "OUT", "--data", "ARCHIVE"], /--preset NAME is missing/],
  [["group"], /--run is missing/],
  [["split", "--run", "OUT", "--preset", "tiny"], /--preset/],
  [["controls", "--run", "OUT"], /--out is missing/],
  [["controls", "--run", "OUT", "--out", "C", "--only", "random,magic"], /--only magic: choose some of learned, unsplit/],
  [["controls", "--run", "OUT", "--out", "C", "--only", "manual"], /--only manual: needs --groups FILE/],
  [["controls", "--run", "OUT", "--out", "C", "--seeds", "1,x"], /--seeds x: expected whole numbers/],
])("%j is wrong usage", async (args, message) => {
  const named = args.map((arg) => (arg === "OUT" ? join(folder, "new") : arg === "ARCHIVE" ? archive : arg));
  expect(await runHere(...named)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
});

test("a folder keeps to its configuration and its images", async () => {
  const run = await startedRun();
  const other = join(folder, "config.json");
  await writeFile(other, JSON.stringify({ seed: 2 }));
  const changed = await runHere("run", "--out", run, "--preset", "tiny", "--config", other);
  expect(changed).toEqual(failure(/holds a run of another configuration\. Choose another folder/));
  const elsewhere = await runHere("run", "--out", run, "--data", await sample("b.tar.gz", 2));
  expect(elsewhere).toEqual(failure(/b\.tar\.gz: holds other images than the run/));
});

test("a stage before its time names what is missing and changes nothing", async () => {
  const run = await startedRun();
  const before = await new RunFolder(run).requireRecord();
  for (const stage of ["split", "finetune", "evaluate", "export"]) {
    expect(await runHere(stage, "--run", run)).toEqual(failure(/has not finished Group.*\n$/));
  }
  expect(await new RunFolder(run).requireRecord()).toEqual(before);
});

test("controls of a run that has not learned its groups yet are refused, and nothing is made", async () => {
  const controls = join(folder, "controls");
  expect(await runHere("controls", "--run", await startedRun(), "--out", controls)).toEqual(failure(/has not finished Group/));
  expect(existsSync(controls)).toBe(false);
});

test("an archive that went away is named, and --data names it anew", async () => {
  const run = await startedRun();
  await rm(archive);
  expect(await runHere("split", "--run", run)).toEqual(failure(/a\.tar\.gz: there is no such file/));
  const moved = await sample("moved.tar.gz", 1);
  expect(await runHere("split", "--run", run, "--data", moved)).toEqual(failure(/has not finished Group/));
});

test("a damaged data reference is named, and --data replaces it", async () => {
  const run = await startedRun();
  await writeFile(join(run, "data.json"), "{}");
  expect(await runHere("split", "--run", run)).toEqual(failure(/data\.json: does not say where the images are/));
  expect(await runHere("split", "--run", run, "--data", archive)).toEqual(failure(/has not finished Group/));
});

test("more groups than the data has classes is refused before a run exists", async () => {
  const config = join(folder, "config.json");
  await writeFile(config, JSON.stringify({ grouping: "2-2-8" }));
  const run = join(folder, "run");
  expect(await runHere("run", "--out", run, "--data", archive, "--preset", "tiny", "--config", config)).toEqual(
    failure(/grouping: 8 groups for the classes, but a\.tar\.gz has only 4/),
  );
  expect(await new RunFolder(run).record()).toBeNull();
});
