import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Metric } from "../model/run";
import type { ControlReport, ControlRow } from "./control-report";
import { RunFolder } from "./run-folder";
import { runAborting, runHere } from "./testing";

const SHORT = { batchSize: 4, steps: 4, learningRateDrops: [], validateEverySteps: 4, checkpointEverySteps: 2 };
const CONFIG = { group: SHORT, finetune: SHORT, evaluation: { batchSize: 10 }, emptyGroups: "assign-nearest" };

let folder: string;
let learned: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-controls-"));
  learned = join(folder, "learned");
  const [archive, config] = [join(folder, "sample.tar.gz"), join(folder, "config.json")];
  await writeFile(config, JSON.stringify(CONFIG));
  const sizes = ["--classes", "6", "--superclasses", "2", "--train", "30", "--test", "10"];
  expect(await runHere("sample", "--out", archive, ...sizes)).toMatchObject({ code: 0 });
  const started = await runHere("group", "--run", learned, "--data", archive, "--preset", "tiny", "--config", config);
  expect(started).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function controls(out: string, ...options: string[]): Promise<ControlReport> {
  const { code, out: text, err } = await runHere("controls", "--run", learned, "--out", join(folder, out), "--json", ...options);
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  return JSON.parse(text);
}

/** Curves without the wall clock. */
async function curvesOf({ folder: path }: ControlRow): Promise<Metric[]> {
  const { runs } = new RunFolder(path);
  const [record] = await runs.list();
  return (await runs.readMetrics(record!.id)).map((metric) => ({ ...metric, time: 0 }));
}

test("controls of every kind are trained and compared; an interrupted call goes on to the same", async () => {
  const groups = join(folder, "groups.json");
  await writeFile(groups, "[[5, 0], [1, 2, 3, 4]]");
  const report = await controls("whole", "--groups", groups);
  expect(report.leftOut).toEqual([]);
  expect(report.runs.map(({ comparison }) => comparison)).toEqual([
    ...["learned", "unsplit", "random", "semantic", "clustering", "manual"],
  ]);
  const [first, unsplit, random, semantic, , manual] = report.runs;
  // The learned run has not been split: it is compared as it stands.
  expect(first).toMatchObject({ seed: 1, split: null, parameters: null, withLearned: null });
  for (const row of report.runs.slice(1)) expect(row.split).toBeGreaterThanOrEqual(0);
  expect(unsplit).toMatchObject({ withLearned: null, withSuperclasses: null });
  expect(semantic).toMatchObject({ withSuperclasses: 1 });
  for (const row of [random, semantic, manual]) expect(row!.parameters).toBeLessThan(unsplit!.parameters!);

  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1500);
  const only = ["--only", "random,unsplit"];
  const interrupted = await runAborting(stop.signal, "controls", "--run", learned, "--out", join(folder, "broken"), ...only);
  expect(interrupted).toMatchObject({ code: 130, err: expect.stringMatching(/Run the same command again/) });
  const broken = await controls("broken", ...only);
  expect(broken.runs.map(({ comparison }) => comparison)).toEqual(["learned", "unsplit", "random"]);
  expect(await curvesOf(broken.runs[1]!)).toEqual(await curvesOf(unsplit!));
  expect(await curvesOf(broken.runs[2]!)).toEqual(await curvesOf(random!));
  expect({ ...broken.runs[2], folder: "" }).toEqual({ ...random, folder: "" });

  // All is there: nothing is trained again.
  const times = async () => Promise.all(report.runs.map(({ folder: path }) => new RunFolder(path).effort()));
  const before = await times();
  expect(await controls("whole", "--groups", groups)).toEqual(report);
  expect(await times()).toEqual(before);
});
