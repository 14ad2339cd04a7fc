import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planKills, STAGES } from "./kill-plan.mjs";
import { cutWrite, hashTensors, readCurves, stepsDone } from "./run-on-disk.mjs";
import { complaints } from "./torture.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "splitnet-torture-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

test("kills come in the order of a run, in both stages and of every kind, and a seed decides them", () => {
  const plan = planKills({ kills: 25, made: 0, seed: 3, checkpointsAStage: 6 });
  expect(plan.map(({ stage }) => stage)).toEqual([...Array(4).fill("group"), ...Array(4).fill("finetune")]);
  for (const stage of STAGES) {
    const kills = plan.filter((kill) => kill.stage === stage);
    expect(kills.map(({ kind }) => kind).sort()).toEqual(["interval", "renames", "start", "write"]);
    const checkpoints = kills.map((kill) => kill.checkpoints);
    expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => a - b));
  }
  expect(planKills({ kills: 25, made: 0, seed: 3, checkpointsAStage: 6 })).toEqual(plan);
  expect(planKills({ kills: 25, made: 0, seed: 4, checkpointsAStage: 6 })).not.toEqual(plan);
  expect(planKills({ kills: 25, made: 24, seed: 3, checkpointsAStage: 6 }).length).toBe(1);
});

/** A safetensors file with one tensor of each part. */
function checkpoint(values: readonly number[], metadata: string): Uint8Array {
  const tensor = (index: number) => ({ dtype: "F32", shape: [1], data_offsets: [4 * index, 4 * index + 4] });
  const header = JSON.stringify({
    __metadata__: { step: metadata },
    "parameters/w": tensor(0),
    "momentum/w": tensor(1),
    "statistics/m": tensor(2),
  });
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  return Buffer.concat([length, Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)]);
}

test("the hash of the tensors sees one bit of any of them, and no metadata", () => {
  write("group.safetensors", checkpoint([3, 5, 7], "a"));
  write("finetune.safetensors", checkpoint([11, 13, 17], "a"));
  const hash = hashTensors(folder);
  write("group.safetensors", checkpoint([3, 5, 7], "another"));
  expect(hashTensors(folder)).toBe(hash);
  for (const values of [
    [3.0000002, 5, 7],
    [3, 5.0000005, 7],
    [3, 5, 7.0000005],
  ]) {
    write("group.safetensors", checkpoint(values, "a"));
    expect(hashTensors(folder)).not.toBe(hash);
  }
});

test("curves have no clock and no torn line; the record counts steps too", () => {
  const line = (step: number, time: number) => JSON.stringify({ kind: "step", stage: "group", step, total: 0.5, time });
  write("metrics.ndjson", `\n${line(0, 17)}\n${line(1, 19)}\n${line(2, 23).slice(0, 30)}`);
  write("run.json", JSON.stringify({ phase: "grouping", checkpointStep: 0 }));
  expect(readCurves(folder)).toEqual([0, 1].map((step) => ({ kind: "step", stage: "group", step, total: 0.5, time: 0 })));
  expect(stepsDone(folder, "group")).toBe(2);
  expect(stepsDone(folder, "finetune")).toBe(0);
  write("run.json", JSON.stringify({ phase: "grouping", checkpointStep: 4 }));
  expect(stepsDone(folder, "group")).toBe(4);
});

test("a write counts as cut by the process that began it, and as renaming once a name changed", () => {
  const startedAt = Date.now() - 1000;
  const file = "group.safetensors";
  for (const name of [file, `${file}.sha256`]) {
    write(name, "old");
    utimesSync(join(folder, name), 1, 1);
  }
  expect(cutWrite(folder, "group", startedAt)).toBeNull();
  write(`${file}.tmp`, "left by another process");
  utimesSync(join(folder, `${file}.tmp`), 1, 1);
  expect(cutWrite(folder, "group", startedAt)).toBeNull();
  // Change times cannot be set: the new file is dated after everything else, then before the file that got its name last.
  write(`${file}.tmp`, "new");
  utimesSync(join(folder, `${file}.tmp`), new Date(), new Date(Date.now() + 1000));
  expect(cutWrite(folder, "group", startedAt)).toBe("write");
  utimesSync(join(folder, `${file}.tmp`), new Date(), new Date(startedAt + 1));
  write(`${file}.prev.sha256`, readFileSync(join(folder, `${file}.sha256`)));
  expect(cutWrite(folder, "group", startedAt)).toBe("renames");
});

test("a complaint names what was lost, and what no kill hit", () => {
  const hits = { group: 2, finetune: 2, elsewhere: 0, duringStart: 1, duringWrite: 2, betweenRenames: 1 };
  const good = { kills: 4, resumed: 4, equal: 4, lostSteps: 4, checkpointEverySteps: 4, hits, runs: 1 };
  expect(complaints(good)).toEqual([]);
  expect(complaints({ ...good, resumed: 3, equal: 2, lostSteps: 5 })).toEqual([
    expect.stringContaining("1 kills were not resumed"),
    expect.stringContaining("2 kills changed"),
    expect.stringContaining("5 steps"),
  ]);
  expect(complaints({ ...good, hits: { ...hits, finetune: 0, duringWrite: 0 } })).toEqual([
    "no kill hit finetune",
    "no kill hit the write of a checkpoint",
  ]);
});
