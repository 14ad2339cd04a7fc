import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import type { EngineContext } from "./context";
import { exportStage } from "./export-stage";
import { importRun } from "./run-import";
import { createRun } from "./runs";
import { finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext, fakeCompute, stoppedAt } from "./testing";

const NOW = Date.UTC(2024, 0, 31);
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function machine(): Promise<EngineContext> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-import-"));
  folders.push(root);
  return exampleContext(openFolder(root).runs, { now: () => NOW });
}

const fileOf = async ({ runs }: EngineContext, id: string, stage: "group" | "finetune") =>
  (await contents(runs.readFile(id, checkpointName(stage))))!;

/** Hashes of both networks. */
async function networks(context: EngineContext, id: string): Promise<readonly string[]> {
  return [await sha256(await fileOf(context, id, "group")), await sha256(await fileOf(context, id, "finetune"))];
}

/** Takes the run to its end, from wherever it is. */
async function finish(context: EngineContext, id: string): Promise<void> {
  if ((await context.runs.get(id))?.phase === "grouping") await resumeStage(context, id);
  if ((await context.runs.get(id))?.phase === "grouped") await splitStage(context, id);
  await resumeStage(context, id);
}

/** A run that was never stopped, checkpoints on its way, and its bundle in the middle of stage 2. */
let whole: { readonly networks: readonly string[]; readonly metrics: number };
let early: Uint8Array;
let tuned: Uint8Array;
let bundle: Uint8Array;

beforeAll(async () => {
  const calm = await machine();
  const { id: calmId } = await createRun(calm, exampleConfig);
  await finish(calm, calmId);
  whole = { networks: await networks(calm, calmId), metrics: (await calm.runs.readMetrics(calmId)).length };
  const context = await machine();
  const { id } = await createRun(context, exampleConfig);
  await stoppedAt(context, id, groupStage, 6);
  early = await fileOf(context, id, "group");
  await resumeStage(context, id);
  await splitStage(context, id);
  await stoppedAt(context, id, finetuneStage, 4);
  tuned = await fileOf(context, id, "finetune");
  bundle = await archiveBytes(await exportStage(context, id));
});

test("an exported bundle goes on on another machine to the same networks and curves", async () => {
  const other = await machine();
  const { id, phase, checkpointStep } = await importRun(other, bundle);
  expect({ phase, checkpointStep }).toEqual({ phase: "finetuning", checkpointStep: 4 });
  expect(await archiveBytes(await exportStage(other, id))).toEqual(bundle);
  await resumeStage(other, id);
  expect(await networks(other, id)).toEqual(whole.networks);
  expect(await other.runs.readMetrics(id)).toHaveLength(whole.metrics);
});

test("a checkpoint of stage 1 alone becomes a run that goes on to the same networks, its curves from there", async () => {
  const other = await machine();
  const record = await importRun(other, early);
  expect(record).toMatchObject({ phase: "grouping", checkpointStep: 6, config: exampleConfig, createdAt: NOW });
  await finish(other, record.id);
  expect(await networks(other, record.id)).toEqual(whole.networks);
  const steps = (await other.runs.readMetrics(record.id)).filter(({ stage, kind }) => stage === "group" && kind === "step");
  expect(steps.map(({ step }) => step)).toEqual([6, 7, 8, 9, 10]);
});

describe("a checkpoint that is put back into the run that it is ahead of is gone on from:", () => {
  test("in stage 1", async () => {
    const context = await machine();
    const { id } = await createRun(context, exampleConfig);
    await stoppedAt(context, id, groupStage, 4);
    expect(await importRun(context, early)).toMatchObject({ id, checkpointStep: 6 });
    expect(await context.runs.list()).toHaveLength(1);
    await finish(context, id);
    expect(await networks(context, id)).toEqual(whole.networks);
  });

  test("in stage 2", async () => {
    const context = await machine();
    const { id } = await createRun(context, exampleConfig);
    await groupStage(context, id);
    await splitStage(context, id);
    expect(await importRun(context, tuned)).toMatchObject({ id, checkpointStep: 4, phase: "finetuning" });
    expect(await resumedFrom(context, id)).toBe(4);
    await finish(context, id);
    expect(await networks(context, id)).toEqual(whole.networks);
  });
});

/** The step that stage 2 goes on from when it is resumed; it is stopped there. */
async function resumedFrom(context: EngineContext, id: string): Promise<number> {
  let start = -1;
  const compute = fakeCompute();
  const watched: EngineContext = {
    ...context,
    compute: {
      ...compute,
      fit: (options) => {
        start = options.start.step;
        return compute.fit(options);
      },
    },
  };
  await stoppedAt(watched, id, finetuneStage, 4);
  return start;
}

test("a checkpoint of stage 1 that its run has passed begins a run of its own", async () => {
  const context = await machine();
  const { id } = await createRun(context, exampleConfig);
  await stoppedAt(context, id, groupStage, 8);
  const record = await importRun(context, early);
  expect(record.id).not.toBe(id);
  expect(await context.runs.get(id)).toMatchObject({ checkpointStep: 8 });
});

/** The file with other metadata. */
function relabelled(file: Uint8Array, labels: (metadata: Record<string, string>) => object): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  return encodeSafetensors(tensors, { ...metadata, ...labels({ ...metadata }) });
}

describe("what cannot be gone on from is refused with the reason, and stores nothing:", () => {
  test.each<readonly [string, () => Uint8Array, RegExp]>([
    ["no file of ours", () => new TextEncoder().encode("a picture of a cat"), /safetensors|too short|header/],
    ["nothing", () => new Uint8Array(), /safetensors|too short|header/],
    ["half a checkpoint", () => early.subarray(0, early.length >> 1), /cut off|bytes/],
    ["a checkpoint of version 1", () => relabelled(early, () => ({ version: "1" })), /version 1/],
    ["an origin that is none", () => relabelled(early, () => ({ origin: '{"classes":7}' })), /what its run began with/],
    ["an origin of another network", () => relabelled(early, ({ origin }) => otherNetwork(origin!)), /does not belong here/],
    ["a checkpoint of stage 2 without its run", () => tuned, /stage 2, and the run that it belongs to is not here/],
  ])("%s", async (_, file, reason) => {
    const context = await machine();
    await expect(importRun(context, file())).rejects.toThrow(reason);
    expect(await context.runs.list()).toEqual([]);
  });

  test("a checkpoint of stage 2 of another plan, or one that its run has passed", async () => {
    const context = await machine();
    const { id } = await createRun(context, exampleConfig);
    await groupStage(context, id);
    await splitStage(context, id);
    await expect(
      importRun(
        context,
        relabelled(tuned, () => ({ plan: "f".repeat(64) })),
      ),
    ).rejects.toThrow(/is not here/);
    await stoppedAt(context, id, finetuneStage, 6);
    await expect(importRun(context, tuned)).rejects.toThrow(/has a checkpoint of step 6 already/);
    expect(await context.runs.list()).toMatchObject([{ id, checkpointStep: 6 }]);
  });
});

function otherNetwork(origin: string): object {
  const { config, ...others } = JSON.parse(origin);
  return { origin: JSON.stringify({ ...others, config: { ...config, model: { ...config.model, widen: 2 } } }) };
}
