import type { ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeEvaluation, EVALUATION_FILE } from "../engine/evaluation-file";
import type { Metric } from "../model/run";
import type { Verification } from "../splitnet/verification";
import { packageRoot } from "./package-root";
import { RunFolder } from "./run-folder";
import { buildProgram, finished, splitnet } from "./testing-process";

const CONFIG = {
  emptyGroups: "assign-nearest",
  group: { batchSize: 8, steps: 6, learningRateDrops: [], validateEverySteps: 4, checkpointEverySteps: 2 },
  finetune: { batchSize: 8, steps: 4, learningRateDrops: [], validateEverySteps: 3, checkpointEverySteps: 1 },
  evaluation: { batchSize: 20 },
};

let folder: string;
let start: string[];

beforeAll(async () => {
  await buildProgram();
  folder = await mkdtemp(join(tmpdir(), "splitnet-run-"));
  const [archive, config] = [join(folder, "sample.tar.gz"), join(folder, "config.json")];
  await writeFile(config, JSON.stringify(CONFIG));
  const made = await finished(
    splitnet("sample", "--out", archive, "--classes", "6", "--superclasses", "2", "--train", "50", "--test", "20"),
  );
  expect(made.code).toBe(0);
  start = ["--data", archive, "--preset", "tiny", "--config", config];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Resolves when the run's record says `step` of `phase` is in a checkpoint; fails when the process ends before. */
async function checkpoint(child: ChildProcess, run: string, phase: string, step: number): Promise<void> {
  while (child.exitCode === null) {
    const record = await new RunFolder(run).record();
    if (record !== null && record.phase === phase && record.checkpointStep >= step) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`the program ended before ${phase} step ${step}`);
}

/** Metrics without the wall clock. */
async function curves(run: string): Promise<Metric[]> {
  const runs = new RunFolder(run);
  const { id } = await runs.requireRecord();
  return (await runs.runs.readMetrics(id)).map((metric) => ({ ...metric, time: 0 }));
}

/** What each network takes the test images for. */
async function confusions(run: string): Promise<unknown> {
  const runs = new RunFolder(run);
  const evaluation = decodeEvaluation((await runs.runs.readFile((await runs.requireRecord()).id, EVALUATION_FILE))!.bytes);
  return [evaluation?.unsplit.confusion, evaluation?.unsplit.loss, evaluation?.split?.confusion, evaluation?.split?.loss];
}

/** Exports twice with verification: both are the same file. Its figures are those of the card, by file. */
async function verifiedExports(run: string) {
  const files = ["once.zip", "again.zip"].map((name) => join(folder, name));
  for (const file of files) {
    const { code, err } = await finished(splitnet("export", "--run", run, "--verify", "--variant", "int8", "--out", file));
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  }
  const [once, again] = await Promise.all(files.map((file) => readFile(file)));
  expect(again!.equals(once!)).toBe(true);
  const card = new TextDecoder().decode(unzipSync(once!)["README.md"]);
  const rows = card.matchAll(/^\| `(\S+)` \([^)]+\) \| (\d+) \| (\S+) \| (\d+) \(/gm);
  return { file: files[0]!, figures: Object.fromEntries([...rows].map(([, name, ...figures]) => [name, figures])) };
}

/** The same as `splitnet verify` has them. */
async function figuresOf(file: string): Promise<unknown> {
  const { out } = await finished(splitnet("verify", file, "--json"));
  const { verified }: Pick<Verification, "verified"> = JSON.parse(out);
  return Object.fromEntries(
    verified.map(({ name, images, difference, sameClass }) => [
      name,
      [String(images), difference.toExponential(1), String(sameClass)],
    ]),
  );
}

test("a run that was interrupted and killed ends with the losses of one that never stopped", async () => {
  const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
  const uninterrupted = await finished(splitnet("run", ...start, "--out", whole, "--json"));
  expect(uninterrupted.code).toBe(0);
  const report = JSON.parse(uninterrupted.out);
  expect(report).toMatchObject({
    run: { phase: "finetuned", step: CONFIG.finetune.steps },
    adapter: { description: expect.any(String) },
  });
  expect(report.accuracy.split.test).toBeGreaterThan(0);
  expect(report.agreement).toBeGreaterThanOrEqual(-1);
  expect(report.classGroups.flatMap(({ classes }: { classes: string[] }) => classes).length).toBe(6);
  const exported = join(
    whole,
    report.files.find((file: string) => file.endsWith(".zip")),
  );
  const zip = unzipSync(await readFile(exported));
  expect(Object.keys(zip).join()).toMatch(/\.onnx/);
  // Another program gives the device's logits, by every way through the bundle.
  const verified = await finished(splitnet("verify", exported, "--json"));
  // A machine with other things to do shows how far it is meanwhile.
  expect([verified.code, verified.code === 0 ? "" : verified.err]).toEqual([0, ""]);
  expect(JSON.parse(verified.out)).toMatchObject({
    within: true,
    verified: expect.arrayContaining([
      expect.objectContaining({ name: "onnx/model.onnx", images: 20, sameClass: 20 }),
      expect.objectContaining({ name: "tfjs/model.json", images: 4, sameClass: 4 }),
    ]),
  });
  const checked = await verifiedExports(whole);
  expect(checked.figures).toEqual(await figuresOf(checked.file));
  expect(Object.keys(checked.figures)).toEqual(expect.arrayContaining(["onnx/model.onnx", "onnx/merge.onnx", "tfjs/model.json"]));
  const cut = join(folder, "cut.zip");
  await writeFile(cut, (await readFile(exported)).subarray(0, 10_000));
  const refused = await finished(splitnet("verify", cut));
  expect([refused.code, refused.out]).toEqual([1, ""]);
  expect(refused.err).toContain("not an exported bundle");

  const stopped = splitnet("run", ...start, "--out", broken);
  await checkpoint(stopped, broken, "grouping", 2);
  stopped.kill("SIGTERM");
  expect(await finished(stopped)).toMatchObject({
    code: 143,
    out: "",
    err: expect.stringMatching(/splitnet: interrupted: group, after step \d+\. Run/),
  });

  const killed = splitnet("run", "--out", broken);
  await checkpoint(killed, broken, "finetuning", 1);
  killed.kill("SIGKILL");
  expect((await finished(killed)).signal).toBe("SIGKILL");

  for (const stage of ["group", "split", "finetune", "evaluate", "export"]) {
    const { code, err } = await finished(splitnet(stage, "--run", broken));
    expect([stage, code, code === 0 ? "" : err]).toEqual([stage, 0, ""]);
  }
  const some = join(folder, "some.zip");
  const chosen = ["export", "--run", broken, "--variant", "float16", "--out", some, "--classes"];
  expect(await finished(splitnet(...chosen, "zebra"))).toMatchObject({
    code: 2,
    err: expect.stringContaining('this run has no class "zebra"; it has '),
  });
  expect((await finished(splitnet(...chosen, "4,0"))).code).toBe(0);
  const small = unzipSync(await readFile(some));
  expect(Object.keys(small)).toEqual(expect.arrayContaining(["onnx/subset.onnx", "onnx/subset_fp16.onnx"]));
  const { classes } = JSON.parse(new TextDecoder().decode(small["config.json"]));
  expect(classes.map(({ label }: { label: number }) => label)).toEqual([4, 0]);
  expect(await curves(broken)).toEqual(await curves(whole));
  expect(await confusions(broken)).toEqual(await confusions(whole));
});

test("Ctrl-C ends at a checkpoint within seconds; a second signal ends at once", async () => {
  const run = join(folder, "interrupted");
  const stopped = splitnet("run", ...start, "--out", run);
  await checkpoint(stopped, run, "grouping", 2);
  const asked = performance.now();
  stopped.kill("SIGINT");
  const { code, err } = await finished(stopped);
  // Seconds on a software adapter that shares its cores; a step takes a tenth of one.
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(code).toBe(130);
  const [, step] = /interrupted: group, after step (\d+)/.exec(err) ?? [];
  expect((await new RunFolder(run).requireRecord()).checkpointStep).toBe(Number(step));

  const hurried = splitnet("run", "--out", run);
  const begun = new Promise((done) => hurried.stderr?.once("data", done));
  const output = finished(hurried);
  await begun;
  // Which of two signals sent at once is the second one is the system's choice: its code is the one that counts.
  hurried.kill("SIGINT");
  hurried.kill("SIGTERM");
  const { code: hurriedCode, err: hurriedErr } = await output;
  expect([130, 143]).toContain(hurriedCode);
  expect(hurriedErr).not.toContain("interrupted");
  expect((await new RunFolder(run).requireRecord()).checkpointStep).toBe(Number(step));
});

test("golden prints what the device gets in the keys of the fixture", async () => {
  const file = join(packageRoot(), "tests", "fixtures", "penalties.json");
  const { code, out } = await finished(splitnet("golden", file, "--json"));
  expect(code).toBe(0);
  const expected = JSON.parse(await readFile(file, "utf8")).cases[0];
  const { weightSplit, overlap } = JSON.parse(out).cases[0];
  expect(weightSplit / expected.weightSplit).toBeCloseTo(1, 5);
  expect(overlap[0] / expected.overlap[0]).toBeCloseTo(1, 5);
});
