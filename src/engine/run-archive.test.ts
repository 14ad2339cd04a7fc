import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Metric } from "../model/run";
import { openFolder } from "../storage/folder/open";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import type { EngineContext } from "./context";
import { packRun, RUN_FILES, unpackRun } from "./run-archive";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext, stoppedAt } from "./testing";

const NOW = Date.UTC(2024, 0, 31);
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function machine(): Promise<EngineContext> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-archive-"));
  folders.push(root);
  return exampleContext(openFolder(root).runs, { now: () => NOW });
}

async function outcome({ runs }: EngineContext, id: string) {
  const metrics: readonly Metric[] = await runs.readMetrics(id);
  return {
    metrics,
    networks: [
      await contents(runs.readFile(id, checkpointName("group"))),
      await contents(runs.readFile(id, checkpointName("finetune"))),
    ],
  };
}

async function finish(context: EngineContext, id: string): Promise<void> {
  if ((await context.runs.get(id))?.phase === "grouping") await resumeStage(context, id);
  if ((await context.runs.get(id))?.phase === "grouped") {
    await splitStage(context, id);
    await finetuneStage(context, id);
  } else {
    await resumeStage(context, id);
  }
}

let whole: Awaited<ReturnType<typeof outcome>>;
/** Packed in the middle of stage 1, and of stage 2. */
const packed: Record<"group" | "finetune", Uint8Array> = { group: new Uint8Array(), finetune: new Uint8Array() };

beforeAll(async () => {
  const calm = await machine();
  const { id } = await createRun(calm, exampleConfig);
  await finish(calm, id);
  whole = await outcome(calm, id);
  const first = await machine();
  const run = await createRun(first, exampleConfig);
  await stoppedAt(first, run.id, groupStage, 6);
  packed.group = await archiveBytes(await packRun(first.runs, run.id));
  await resumeStage(first, run.id);
  await splitStage(first, run.id);
  await stoppedAt(first, run.id, finetuneStage, 4);
  packed.finetune = await archiveBytes(await packRun(first.runs, run.id));
});

describe("a run saved on one machine goes on on another to the same networks and curves:", () => {
  test.each(["group", "finetune"] as const)("in the middle of %s", async (stage) => {
    const other = await machine();
    const { id } = await unpackRun(other.runs, packed[stage]);
    await finish(other, id);
    expect(await outcome(other, id)).toEqual(whole);
  });

  test("and a finished one keeps its evaluation", async () => {
    const first = await machine();
    const { id } = await unpackRun(first.runs, packed.finetune);
    await resumeStage(first, id);
    const evaluation = await evaluateStage(first, id);
    const second = await machine();
    const archive = await packRun(first.runs, id);
    const bytes = await archiveBytes(archive);
    expect(archive.fileName).toBe(`splitnet-run-${id}.zip`);
    const record = await unpackRun(second.runs, bytes);
    expect(record).toMatchObject({ phase: "finetuned", evaluated: true });
    expect(evaluation).not.toBeNull();
    expect(await archiveBytes(await packRun(second.runs, id))).toEqual(bytes);
  });
});

test("a run that is there already is not replaced: the loaded one gets another id", async () => {
  const other = await machine();
  const first = await unpackRun(other.runs, packed.group);
  const second = await unpackRun(other.runs, packed.group);
  expect(second.id).toBe(`${first.id}-2`);
  expect(await other.runs.list()).toHaveLength(2);
});

type Members = Record<string, Uint8Array>;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function changedMembers(change: (members: Members) => void, level: 0 | 6 = 0): Uint8Array {
  const members: Members = { ...unzipSync(packed.finetune) };
  change(members);
  return zipSync(members, { level });
}

function changedRecord(change: (record: Record<string, unknown>) => void): Uint8Array {
  return changedMembers((members) => {
    const record = JSON.parse(new TextDecoder().decode(members["run.json"]));
    change(record);
    members["run.json"] = text(JSON.stringify(record));
  });
}

describe("what is not a saved run is refused with the reason, and leaves nothing:", () => {
  test.each<readonly [string, () => Uint8Array, RegExp]>([
    ["an empty file", () => new Uint8Array(), /no zip archive/],
    ["text", () => text("<html>404</html>"), /no zip archive/],
    ["the first half", () => packed.finetune.slice(0, packed.finetune.length >> 1), /no zip archive/],
    ["a file beside", () => changedMembers((members) => (members["../../evil"] = text("x"))), /no run has: "\.\.\/\.\.\/evil"/],
    ["a compressed member", () => changedMembers(() => undefined, 6), /is compressed/],
    ["no record", () => changedMembers((members) => delete members["run.json"]), /run\.json is missing/],
    ["a record that is no JSON", () => changedMembers((members) => (members["run.json"] = text("{"))), /run\.json is not JSON/],
    ["no curves", () => changedMembers((members) => delete members["metrics.ndjson"]), /metrics\.ndjson is missing/],
    [
      "a line of the curves cut",
      () => changedMembers((members) => (members["metrics.ndjson"] = members["metrics.ndjson"]!.slice(0, -20))),
      /metric|JSON/,
    ],
    ["no checkpoint of stage 1", () => changedMembers((members) => delete members["group.safetensors"]), /stage 1/],
    ["no checkpoint of stage 2", () => changedMembers((members) => delete members["finetune.safetensors"]), /stage 2/],
    ["no plan", () => changedMembers((members) => delete members["plan.json"]), /plan/],
    [
      "a checkpoint cut off",
      () => changedMembers((members) => (members["group.safetensors"] = members["group.safetensors"]!.slice(0, 99))),
      /./,
    ],
    ["the best checkpoint damaged", () => changedMembers((members) => (members["group-best.safetensors"] = text("x"))), /./],
    ["another step in the record", () => changedRecord((record) => (record.checkpointStep = 7)), /step 7 of stage 2/],
    ["another data set in the record", () => changedRecord((record) => (record.datasetId = "0".repeat(64))), /another data set/],
    ["an evaluation that is not there", () => changedRecord((record) => (record.evaluated = true)), /lacks its evaluation/],
    ["an id that is a path", () => changedRecord((record) => (record.id = "../x")), /id/],
    ["a phase that there is not", () => changedRecord((record) => (record.phase = "done")), /phase/],
  ])("%s", async (_, bytes, reason) => {
    const other = await machine();
    const failure = await unpackRun(other.runs, bytes()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(reason), cure: expect.stringMatching(/./) });
    expect(await other.runs.list()).toEqual([]);
  });
});

test("a store that fails in between keeps nothing of the run", async () => {
  const other = await machine();
  const append = other.runs.appendMetrics;
  other.runs.appendMetrics = () => Promise.reject(new Error("full"));
  await expect(unpackRun(other.runs, packed.group)).rejects.toThrow("full");
  other.runs.appendMetrics = append;
  expect(await other.runs.list()).toEqual([]);
  expect((await unpackRun(other.runs, packed.group)).id).not.toMatch(/-2$/);
});

test("every stored file is read once for the archive, what is not there is left out, and a run that goes meanwhile fails it", async () => {
  const { runs } = await machine();
  const { id } = await unpackRun(runs, packed.group);
  const read: string[] = [];
  const readFile = runs.readFile.bind(runs);
  runs.readFile = (run, name) => {
    read.push(name);
    return readFile(run, name);
  };
  const archive = await packRun(runs, id);
  expect(read).toEqual([]);
  const members = Object.keys(unzipSync(await archiveBytes(archive)));
  expect(read).toEqual(RUN_FILES);
  expect(members).toContain(checkpointName("group"));
  expect(members).not.toContain(checkpointName("finetune"));
  const late = await packRun(runs, id);
  await runs.remove(id);
  await expect(archiveBytes(late)).rejects.toThrow(`run ${id} was removed while it was being saved`);
});
