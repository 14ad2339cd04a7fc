import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportStage } from "../engine/export-stage";
import { createRun } from "../engine/runs";
import { finetuneStage, groupStage, splitStage } from "../engine/stages";
import { archiveBytes, exampleConfig, exampleContext } from "../engine/testing";
import { RunFolder } from "./run-folder";
import { runHere } from "./testing";

let folder: string;
let names: readonly string[];
const at = (...path: string[]): string => join(folder, ...path);

/** A split run in `first`, and the files of its bundle in `bundle`. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-import-"));
  const context = exampleContext(new RunFolder(at("first")).runs);
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  const members = unzipSync(await archiveBytes(await exportStage(context, id)));
  names = Object.keys(members);
  for (const [name, bytes] of Object.entries(members)) {
    await mkdir(dirname(at("bundle", name)), { recursive: true });
    await writeFile(at("bundle", name), bytes);
  }
});

afterAll(() => rm(folder, { recursive: true }));

test.each(["safetensors", "onnx", "tfjs"])("import makes a run of the %s file beside the one that it is of", async (format) => {
  const files = {
    safetensors: ["model.safetensors"],
    onnx: ["onnx/model.onnx"],
    tfjs: names.filter((name) => name.startsWith("tfjs/")),
  };
  const chosen = Object.entries(files)
    .find(([name]) => name === format)![1]
    .map((name) => at("bundle", name));
  const { code, out, err } = await runHere("import", ...chosen, "--of", at("first"), "--run", at(format), "--json");
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ folder: at(format), phase: "finetuned", checkpointStep: exampleConfig.finetune.steps });
  expect(await new RunFolder(at(format)).record()).toMatchObject({ importedFrom: { format, parts: null } });
});

test("unpack makes a run of config.json and model.safetensors, and says how to go on", async () => {
  const chosen = ["config.json", "model.safetensors"].map((name) => at("bundle", name));
  const { code, out } = await runHere("unpack", ...chosen, "--run", at("unpacked"));
  expect(code).toBe(0);
  expect(out).toContain(`splitnet evaluate --run ${at("unpacked")} --data ARCHIVE`);
  expect(await new RunFolder(at("unpacked")).record()).toMatchObject({ importedFrom: { format: "bundle" } });
});

test("a folder in use, weights without their run and contradicting options are refused, and nothing is stored", async () => {
  const weights = at("bundle", "model.safetensors");
  expect((await runHere("import", weights, "--of", at("first"), "--run", at("first"))).err).toMatch(/holds a run already/);
  expect((await runHere("import", weights, "--run", at("none"))).err).toMatch(/one of --of DIR and --data ARCHIVE/);
  expect((await runHere("unpack", weights, "--run", at("none"))).err).toMatch(/holds weights alone/);
  expect((await runHere("import", weights, "--of", at("nowhere"), "--run", at("none"))).err).toMatch(/holds no run/);
  expect(await new RunFolder(at("none")).record()).toBeNull();
});
