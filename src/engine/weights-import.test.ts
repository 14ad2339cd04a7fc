import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import type { Config } from "../model/config";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { ChosenFile } from "./chosen-files";
import type { EngineContext } from "./context";
import { exportStage } from "./export-stage";
import { importFiles } from "./files-import";
import { forkRun } from "./fork";
import { packRun } from "./run-archive";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext } from "./testing";

type Files = Readonly<Record<string, Uint8Array>>;

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function machine(): Promise<EngineContext> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-weights-"));
  folders.push(root);
  return exampleContext(openFolder(root).runs);
}

/** A run taken to its end, and what it exports. */
async function finished(context: EngineContext, config: Config): Promise<{ readonly id: string; readonly bundle: Files }> {
  const { id } = await createRun(context, config);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  return { id, bundle: await bundleOf(context, id) };
}

const bundleOf = async (context: EngineContext, id: string): Promise<Files> =>
  unzipSync(await archiveBytes(await exportStage(context, id)));

/** Hash of everything stored of a run. */
const stored = async ({ runs }: EngineContext, id: string) => sha256(await archiveBytes(await packRun(runs, id)));

/** Hashes of the files that hold the model. */
async function modelFiles(bundle: Files): Promise<Readonly<Record<string, string>>> {
  const names = Object.keys(bundle).filter((name) => /^(model\.safetensors|onnx\/|tfjs\/)/.test(name));
  expect(names.length).toBeGreaterThan(8);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await sha256(bundle[name]!)])));
}

const CONFIGS: Readonly<Record<string, Config>> = {
  "2-2-2": { ...exampleConfig, grouping: "2-2-2" },
  "2-4-4": { ...exampleConfig, grouping: "2-4-4" },
  "post-activation 2-2-2": { ...exampleConfig, grouping: "2-2-2", blockOrder: "post-activation" },
};

/** The files of each format as a person chooses them. */
function chosenOf(bundle: Files): Readonly<Record<"safetensors" | "tfjs" | "onnx", readonly ChosenFile[]>> {
  const file = (name: string): ChosenFile => ({ name: name.slice(name.lastIndexOf("/") + 1), bytes: bundle[name]! });
  return {
    safetensors: [file("model.safetensors")],
    onnx: [file("onnx/model.onnx")],
    tfjs: Object.keys(bundle)
      .filter((name) => name.startsWith("tfjs/"))
      .map(file),
  };
}

test.each(Object.keys(CONFIGS))(
  "the weights of a %s network in every format, loaded for their run, become a run of the same model files; that run stays as it is",
  async (name) => {
    const context = await machine();
    const { id, bundle } = await finished(context, CONFIGS[name]!);
    const [before, model] = [await stored(context, id), await modelFiles(bundle)];
    for (const [format, files] of Object.entries(chosenOf(bundle))) {
      const record = await importFiles(context, files, { id, runs: context.runs });
      const steps = exampleConfig.finetune.steps;
      expect(record).toMatchObject({
        phase: "finetuned",
        evaluated: false,
        checkpointStep: steps,
        forkedFrom: { runId: id, stage: "finetune", step: steps },
        importedFrom: { format, parts: null },
      });
      expect(await modelFiles(await bundleOf(context, record.id))).toEqual(model);
    }
    expect(await stored(context, id)).toEqual(before);
  },
);

describe("of a 2-4-4 network:", () => {
  let context: EngineContext;
  let id: string;
  let bundle: Files;
  beforeAll(async () => {
    context = await machine();
    ({ id, bundle } = await finished(context, CONFIGS["2-4-4"]!));
  });
  const load = (files: readonly ChosenFile[]) => importFiles(context, files, { id, runs: context.runs });
  const one = (name: string, bytes: Uint8Array) => load([{ name, bytes }]);

  test("an imported run is evaluated, saved, taken up elsewhere, and its fork trains on", async () => {
    const record = await load(chosenOf(bundle).safetensors);
    await evaluateStage(context, record.id);
    expect(await context.runs.get(record.id)).toMatchObject({ evaluated: true });
    const other = await machine();
    const saved = await archiveBytes(await packRun(context.runs, record.id));
    const taken = await importFiles(other, [{ name: "run.zip", bytes: saved }], null);
    expect(taken).toMatchObject({ id: record.id, importedFrom: { format: "safetensors" } });
    const longer = { ...record.config, finetune: { ...record.config.finetune, steps: 12 } };
    const fork = await forkRun(other, record.id, { stage: "finetune", copy: "last" }, longer);
    await resumeStage(other, fork.id);
    expect(await other.runs.get(fork.id)).toMatchObject({ phase: "finetuned", checkpointStep: 12, failure: null });
  });

  test("a file of one part is told in the record; a part without its batch norms is refused", async () => {
    const { tensors, metadata } = decodeSafetensors(bundle["model.safetensors"]!);
    const only = (pattern: RegExp) => encodeSafetensors(new Map([...tensors].filter(([name]) => pattern.test(name))), metadata);
    const record = await one("trunk.safetensors", only(/^(init_conv|unit_1_|unit_2_0\.bn_1)/));
    expect(record.importedFrom).toEqual({ format: "safetensors", parts: ["trunk"] });
    await expect(one("branch.safetensors", only(/^unit_2_0.*\.block_1\./))).rejects.toThrow(/bn_\d\.\w+: missing/);
  });

  test("the zip of a bundle without its run and its configuration, or of TensorFlow.js alone, gives the weights", async () => {
    const zipped = (wanted: RegExp) =>
      zipSync(Object.fromEntries(Object.entries(bundle).filter(([name]) => wanted.test(name))), { level: 0 });
    expect(await one("bundle.zip", zipped(/^(model\.safetensors|tfjs)/))).toMatchObject({
      importedFrom: { format: "safetensors" },
    });
    expect(await one("tfjs.zip", zipped(/^tfjs/))).toMatchObject({ importedFrom: { format: "tfjs" } });
    expect(await one("onnx.zip", zipped(/^(onnx|triton)/))).toMatchObject({ importedFrom: { format: "onnx" } });
    const nested = zipSync(
      { "repository/model.safetensors": bundle["model.safetensors"]!, "a/b/model.safetensors": new Uint8Array(9) },
      { level: 0 },
    );
    expect(await one("hub.zip", nested)).toMatchObject({ importedFrom: { format: "safetensors" } });
  });

  test("what is no weights of this run is refused with the reason, and stores nothing", async () => {
    const count = (await context.runs.list()).length;
    const other = await finished(await machine(), CONFIGS["2-2-2"]!);
    const bytes = bundle["model.safetensors"]!;
    const refused: readonly (readonly [readonly ChosenFile[], RegExp])[] = [
      [chosenOf(other.bundle).safetensors, /class_order|expected shape|no tensor/],
      [chosenOf(other.bundle).tfjs, /TensorFlow\.js model/],
      [chosenOf(other.bundle).onnx, /not those of this network|ONNX model/],
      [[{ name: "onnx/trunk.onnx", bytes: bundle["onnx/trunk.onnx"]! }], /: missing/],
      [[{ name: "m.safetensors", bytes: bytes.subarray(0, bytes.length - 4) }], /safetensors: /],
      [[{ name: "m.zip", bytes: zipSync({ "model.safetensors": bytes }) }], /model\.safetensors is compressed/],
      [[{ name: "model.json", bytes: bundle["tfjs/model.json"]! }], /model\.json alone/],
      [
        [
          { name: "a.txt", bytes },
          { name: "b.txt", bytes },
        ],
        /a\.txt, b\.txt: neither/,
      ],
      [
        [
          { name: "a/model.json", bytes },
          { name: "b/model.json", bytes },
        ],
        /two files of one name/,
      ],
    ];
    for (const [files, reason] of refused) await expect(load(files)).rejects.toThrow(reason);
    expect(await context.runs.list()).toHaveLength(count);
  });

  test("weights alone need their run, and a run that is split", async () => {
    const files = chosenOf(bundle).safetensors;
    await expect(importFiles(context, files, null)).rejects.toThrow(/a safetensors file holds weights alone/);
    const grouping = await createRun(context, exampleConfig);
    await expect(importFiles(context, files, { id: grouping.id, runs: context.runs })).rejects.toThrow(/is not split/);
  });
});
