import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runHere } from "../testing";

const STEPS = { batchSize: 8, learningRateDrops: [], validateEverySteps: 4, checkpointEverySteps: 4 };
const CONFIG = { group: { ...STEPS, steps: 6, warmupSteps: 2 }, finetune: { ...STEPS, steps: 3 }, evaluation: { batchSize: 20 } };

let folder: string;
let study: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-study-"));
  const config = join(folder, "config.json");
  await writeFile(config, JSON.stringify(CONFIG));
  const sample = ["--classes", "4", "--train", "40", "--test", "20", "--seeds", "7", "--config", config];
  study = ["study", "planted", "--out", join(folder, "study"), ...sample];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

// Six kinds take twice as long, and the controls have a test of their own (controls.gpu.test.ts).
test("a study trains what was asked for and what that is made from, and once more trains nothing", async () => {
  const first = await runHere(...study, "--only", "clustering", "--json");
  expect(first.code, first.err).toBe(0);
  const { rows } = JSON.parse(first.out);
  const kinds = ["learned", "unsplit", "clustering"];
  expect(rows.map((row: { kind: string }) => row.kind)).toEqual(kinds);
  for (const row of rows) {
    expect([row.kind, row.failure, row.split === null]).toEqual([row.kind, null, false]);
    expect([row.kind, row.onTheSpot === null, row.agreement === null]).toEqual([
      row.kind,
      row.kind === "unsplit",
      row.kind === "unsplit",
    ]);
  }
  const checkpoints = join(folder, "study", "runs", "learned-7", "runs");
  const before = (await stat(checkpoints)).mtimeMs;
  const second = await runHere(...study, "--only", "clustering", "--json");
  expect(second.code).toBe(0);
  expect(JSON.parse(second.out).rows).toEqual(rows);
  expect((await stat(checkpoints)).mtimeMs).toBe(before);
  const html = await readFile(join(folder, "study", "report.html"), "utf8");
  for (const kind of kinds) expect(html).toContain(`<th scope="row">${kind}</th>`);
});

test("a folder with a study of another recipe is left as it is", async () => {
  const { code, err } = await runHere(...study, "--grouping", "1-2-2");
  expect(code).toBe(1);
  expect(err).toContain("holds another study, or one of other images or another recipe");
});
