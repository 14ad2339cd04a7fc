import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filled, type HostTensor, type NamedTensors } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { groupingSpec } from "../model/build";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import type { EngineContext } from "./context";
import { importFiles } from "./files-import";
import { createRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext, exampleSummary } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function machine(): Promise<EngineContext> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-unsplit-"));
  folders.push(root);
  return exampleContext(openFolder(root).runs);
}

const file = async ({ runs }: EngineContext, id: string, stage: "group" | "finetune") =>
  (await contents(runs.readFile(id, checkpointName(stage))))!;

async function splitNetworkOf(context: EngineContext, id: string): Promise<string> {
  await splitStage(context, id);
  await finetuneStage(context, id);
  return sha256(await file(context, id, "finetune"));
}

/** The dense network of a grouped run by our names, and the hash of what it is split and fine-tuned to. */
let dense: NamedTensors;
let finetuned: string;
beforeAll(async () => {
  const context = await machine();
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  const { tensors } = decodeSafetensors(await file(context, id, "group"));
  dense = new Map(
    [...tensors].flatMap(([name, tensor]): [string, HostTensor][] =>
      name.startsWith("momentum/") ? [] : [[name.slice(name.indexOf("/") + 1), tensor]],
    ),
  );
  finetuned = await splitNetworkOf(context, id);
});

const spaces = groupedSpaces(groupingSpec(exampleConfig, 6));
const isLogits = (name: string): boolean => name.startsWith("assignments/");

/** As the published code names them, with what its optimiser keeps. */
function published(): NamedTensors {
  const names = new Map(spaces.map(({ name, publishedName }) => [logitsName(name), publishedName!]));
  return new Map([
    ...[...dense].map(([name, tensor]): [string, HostTensor] => [names.get(name) ?? name, tensor]),
    ["init_conv/kernel/Momentum", filled([3, 3, 3, 16], 7)],
    ["global_step", filled([], 64_000)],
  ]);
}

const load = (context: EngineContext, tensors: NamedTensors, config: typeof exampleConfig | null = exampleConfig) =>
  importFiles(context, [{ name: "published.safetensors", bytes: encodeSafetensors(tensors, {}) }], null, {
    config,
    dataset: exampleSummary,
  });

test.each<readonly [string, () => NamedTensors]>([
  ["the published code", published],
  ["ours", () => dense],
])(
  "an unsplit network with its groups, under the names of %s, is split and fine-tuned to the same as where it was grouped",
  async (_, tensors) => {
    const context = await machine();
    const record = await load(context, tensors());
    expect(record).toMatchObject({
      phase: "grouped",
      checkpointStep: exampleConfig.group.steps,
      importedFrom: { format: "unsplit", parts: null },
      forkedFrom: null,
    });
    expect(await splitNetworkOf(context, record.id)).toBe(finetuned);
  },
);

test("without groups, stage 1 begins with its weights", async () => {
  const context = await machine();
  const weights = new Map([...dense].filter(([name]) => !isLogits(name)));
  const record = await load(context, weights);
  expect(record).toMatchObject({ phase: "grouping", checkpointStep: 0 });
  const { tensors } = decodeSafetensors(await file(context, record.id, "group"));
  for (const [name, { data }] of weights) {
    const kind = /\/(mu|sigma)$/.test(name) ? "statistics" : "parameters";
    expect([name, tensors.get(`${kind}/${name}`)!.data]).toEqual([name, data]);
  }
  await groupStage(context, record.id);
  expect(await context.runs.get(record.id)).toMatchObject({ phase: "grouped", failure: null });
});

const given = { ...exampleConfig, fixedGroups: { source: "manual" as const, classes: [0, 1, 0, 1, 1, 0], channels: {} } };

test("without groups in the file, those that the configuration gives are begun with", async () => {
  const context = await machine();
  const record = await load(context, new Map([...dense].filter(([name]) => !isLogits(name))), given);
  const { tensors } = decodeSafetensors(await file(context, record.id, "group"));
  const [own, other] = [0, -128];
  expect(Array.from(tensors.get(`parameters/${logitsName("classes")}`)!.data)).toEqual([
    own,
    other,
    own,
    other,
    other,
    own,
    other,
    own,
    other,
    own,
    own,
    other,
  ]);
});

test("groups in the file and in the configuration are refused, and nothing is stored", async () => {
  const context = await machine();
  await expect(load(context, dense, given)).rejects.toThrow("fixedGroups: the file brings groups of its own");
  expect(await context.runs.list()).toEqual([]);
});

describe("refused by name, and nothing is stored:", () => {
  const kernel = "unit_2_0/conv_1/kernel";
  const [first] = spaces.map(({ name }) => logitsName(name));
  const having = (name: string, tensor: HostTensor) => new Map([...dense, [name, tensor]]);
  const without = (name: string) => new Map([...dense].filter(([other]) => other !== name));
  test.each<readonly [string, () => NamedTensors, RegExp]>([
    ["a tensor missing", () => without(kernel), /unit_2_0\/conv_1\/kernel: missing/],
    ["logits of some spaces", () => without(first!), /assignments\/.*: missing/],
    [
      "another width",
      () => having(kernel, filled([3, 3, 32, 64], 1)),
      /kernel: expected shape \[3, 3, 16, 32\], found \[3, 3, 32, 64\]/,
    ],
    ["a deeper network", () => having("unit_2_1/conv_1/kernel", filled([1], 1)), /unit_2_1\/conv_1\/kernel: no tensor of/],
    ["no number", () => having(kernel, filled([3, 3, 16, 32], Number.NaN)), /kernel: value 0 is NaN/],
    ["logits under both names", () => new Map([...dense, ...published()]), /no tensor of .*, or there twice/],
    ["keys of every object", () => having("constructor/__proto__", filled([1], 1)), /constructor\/__proto__: no tensor/],
  ])("%s", async (_, tensors, reason) => {
    const context = await machine();
    await expect(load(context, tensors())).rejects.toThrow(reason);
    expect(await context.runs.list()).toEqual([]);
  });

  test("without settings or a data set", async () => {
    const context = await machine();
    await expect(load(context, dense, null)).rejects.toThrow(/its settings are not known/);
    const files = [{ name: "x.safetensors", bytes: encodeSafetensors(dense, {}) }];
    await expect(importFiles(context, files, null)).rejects.toThrow(/its data set is not here/);
    await expect(load(context, dense, { ...exampleConfig, grouping: "2-4-7" })).rejects.toThrow(/only 6 classes/);
    expect(await context.runs.list()).toEqual([]);
  });
});
