import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../export/safetensors";
import type { Config } from "../model/config";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { ChosenFile } from "./chosen-files";
import type { EngineContext } from "./context";
import { exportStage } from "./export-stage";
import { importFiles } from "./files-import";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext } from "./testing";

type Files = Readonly<Record<string, Uint8Array>>;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function machine(): Promise<EngineContext> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-bundle-"));
  folders.push(root);
  return exampleContext(openFolder(root).runs);
}

const bundleOf = async (context: EngineContext, id: string): Promise<Files> =>
  unzipSync(await archiveBytes(await exportStage(context, id)));

/** The bundle of a run taken to its end. */
async function finished(changes: Partial<Config>): Promise<Files> {
  const context = await machine();
  const { id } = await createRun(context, { ...exampleConfig, ...changes });
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  return bundleOf(context, id);
}

const without = (bundle: Files, pattern: RegExp): Files =>
  Object.fromEntries(Object.entries(bundle).filter(([name]) => !pattern.test(name)));

async function modelFiles(bundle: Files): Promise<Readonly<Record<string, string>>> {
  const names = Object.keys(bundle).filter((name) => /^(model\.safetensors|onnx\/|tfjs\/|classes\.csv)/.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sha256(bundle[name]!)])));
}

const load = (context: EngineContext, files: Files) =>
  importFiles(
    context,
    Object.entries(files).map(([name, bytes]): ChosenFile => ({ name, bytes })),
    null,
  );

describe.each(["2-2-2", "2-4-4", "1-1-2"])("a bundle of a %s network without its run", (grouping) => {
  test("becomes a run that exports the same model files, with the shares that were learned", async () => {
    const bundle = await finished({ grouping });
    const context = await machine();
    const zip = zipSync(without(bundle, /^run\//), { level: 0 });
    const record = await importFiles(context, [{ name: "bundle.zip", bytes: zip }], null);
    expect(record).toMatchObject({
      phase: "finetuned",
      checkpointStep: exampleConfig.finetune.steps,
      config: { ...exampleConfig, grouping },
      forkedFrom: null,
      importedFrom: { format: "bundle", parts: null },
    });
    const again = await bundleOf(context, record.id);
    expect(await modelFiles(again)).toEqual(await modelFiles(bundle));
    expectSameShares(again, bundle);
    expect((await evaluateStage(context, record.id))?.split).not.toBeNull();
  });
});

/** To what is lost by a logarithm in single precision: of |log p| < 104, the smallest share's, some 2^-24. */
function expectSameShares(found: Files, expected: Files): void {
  const shares = ({ "assignments.safetensors": bytes }: Files) =>
    [...decodeSafetensors(bytes!, (name) => name.endsWith(".groups")).tensors].flatMap(([, { data }]) => [...data]);
  const [a, b] = [shares(found), shares(expected)];
  expect(a.length).toBe(b.length);
  expect(a.every((value, index) => Math.abs(value - b[index]!) <= 1e-5 * b[index]! + 1e-30)).toBe(true);
}

describe("of a 2-2-2 network", () => {
  let bundle: Files;
  let three: Files;
  beforeAll(async () => {
    bundle = await finished({ grouping: "2-2-2" });
    three = Object.fromEntries(
      ["config.json", "model.safetensors", "assignments.safetensors"].map((name) => [name, bundle[name]!]),
    );
  });
  const config = () => JSON.parse(new TextDecoder().decode(three["config.json"]));
  const withConfig = (changes: object): Files => ({
    ...three,
    "config.json": new TextEncoder().encode(JSON.stringify({ ...config(), ...changes })),
  });

  test("without assignments the groups are taken for sure", async () => {
    const context = await machine();
    const record = await load(context, without(three, /^assignments/));
    const again = await bundleOf(context, record.id);
    expect(await modelFiles(again)).toEqual(await modelFiles(bundle));
    const { tensors } = decodeSafetensors(again["assignments.safetensors"]!, (name) => name.endsWith(".groups"));
    expect([...tensors.values()].every(({ data }) => data.every((share) => share < 1e-4 || share > 0.9999))).toBe(true);
  });

  test("in post-activation order it is refused with the reason", async () => {
    const other = await finished({ grouping: "2-2-2", blockOrder: "post-activation" });
    await expect(load(await machine(), without(other, /\/|\.md$/))).rejects.toThrow(/post-activation order: stage 1/);
  });

  test("what does not fit together is refused by its name, and nothing is stored", async () => {
    const context = await machine();
    const [first, ...others] = config().channels;
    const swapped = { ...first, order: first.order.toReversed() };
    const refused: readonly (readonly [Files, RegExp])[] = [
      [withConfig({ format: "zip" }), /^config\.json: format/],
      [withConfig({ formatVersion: 2 }), /formatVersion/],
      [withConfig({ dataset: { source: "x" } }), /dataset\.id/],
      [withConfig({ training: { ...config().training, model: { depth: 11, widen: 1 } } }), /training\.model\.depth/],
      [withConfig({ training: { ...config().training, model: { depth: 16, widen: 1 } } }), /is missing|architecture\.name/],
      [withConfig({ channels: others }), /channels: .* is missing/],
      [withConfig({ channels: [first, first, ...others] }), /name a space twice/],
      [withConfig({ channels: [{ ...first, sizes: [1] }, ...others] }), /have 1 members/],
      [withConfig({ channels: [{ ...first, order: first.order.map(() => 0) }, ...others] }), /no permutation/],
      [withConfig({ channels: [swapped, ...others] }), /not in order within their groups/],
      [withConfig({ classOrder: config().classOrder.toReversed() }), /classOrder is not/],
      [withConfig({ superclassOf: [9] }), /superclassOf/],
      [withConfig({ architecture: { name: "another" } }), /architecture\.name is "another"/],
      [
        withConfig({ training: { ...config().training, grouping: "1024-2048-4096", model: { depth: 994, widen: 64 } } }),
        /a network of \d+ weights/,
      ],
      [{ ...three, "config.json": new TextEncoder().encode('{"a":1,"a":2}') }, /a: named twice/],
      [{ ...three, "config.json": three["config.json"]!.subarray(0, 500) }, /is not JSON/],
      [{ ...three, "model.safetensors": three["model.safetensors"]!.subarray(0, 900) }, /safetensors: /],
      [{ ...three, "assignments.safetensors": three["model.safetensors"]! }, /assignments\.safetensors: .* is none/],
    ];
    for (const [files, reason] of refused) await expect(load(context, files)).rejects.toThrow(reason);
    expect(await context.runs.list()).toEqual([]);
  });
});
