import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CheckpointError } from "../base/errors";
import type { Verification } from "../splitnet/verification";
import { openFolder } from "../storage/folder/open";
import type { EngineContext } from "./context";
import { RunControl } from "./control";
import type { ExportOptions } from "./export-options";
import { exportStage, type VerifyExport } from "./export-stage";
import { createRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext } from "./testing";

const folder = await mkdtemp(join(tmpdir(), "splitnet-export-"));
afterAll(() => rm(folder, { recursive: true }));

const FIGURES: Verification = {
  checksums: null,
  programs: { onnxRuntime: "1.2.3", tensorflowjs: "4.5.6" },
  verified: [{ what: "whole", name: "onnx/model.onnx", difference: 2.5e-7, images: 72, sameClass: 72 }],
  tolerance: 1e-3,
  within: true,
};
let context: EngineContext;
let id: string;

beforeAll(async () => {
  context = exampleContext(openFolder(folder).runs);
  id = (await createRun(context, exampleConfig)).id;
  for (const stage of [groupStage, splitStage, finetuneStage]) await stage(context, id);
});

type Contents = Readonly<Record<string, string>>;

/** The card as it is, any other file as its hash: comparing megabytes by element takes minutes. */
const content = (name: string, bytes: Uint8Array): string =>
  name === "README.md" ? new TextDecoder().decode(bytes) : createHash("sha256").update(bytes).digest("hex");

async function exported(options: ExportOptions, verify?: VerifyExport): Promise<Contents> {
  const members = unzipSync(await archiveBytes(await exportStage(context, id, options, verify)));
  return Object.fromEntries(Object.entries(members).map(([name, bytes]) => [name, content(name, bytes)]));
}

test.each<[string, ExportOptions]>([
  ["the whole", { variants: ["int8"], classes: null }],
  ["some classes", { variants: [], classes: [4, 1] }],
])("of %s, what is verified is what is packed, and the card alone says that it was", async (_, options) => {
  const plain = await exported(options);
  const seen: Record<string, string> = {};
  const verify: VerifyExport = async (files) => {
    for (const { name, make } of files) seen[name] = content(name, await make());
    return FIGURES;
  };
  const { "README.md": card, SHA256SUMS: sums, ...rest } = await exported(options, verify);
  const { "README.md": unchecked, SHA256SUMS: otherSums, ...same } = plain;
  expect(rest).toEqual(same);
  expect(sums).not.toEqual(otherSums);
  const { "README.md": before, ...verified } = seen;
  expect(before).toEqual(unchecked);
  expect(verified).toEqual(Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith("run/"))));
  expect(card).toContain("| `onnx/model.onnx` (whole network) | 72 | 2.5e-7 | 72 (100.00 %) |");
  expect(unchecked).toContain("Not checked when this was exported.");
  expect(await exported(options, verify)).toEqual({ ...rest, "README.md": card, SHA256SUMS: sums });
});

test("where a file differs there is no bundle, and where it was stopped meanwhile there is none either", async () => {
  const differs: VerifyExport = async () => {
    throw new CheckpointError("onnx/trunk.onnx differs", "");
  };
  await expect(exportStage(context, id, undefined, differs)).rejects.toThrow("onnx/trunk.onnx differs");
  const control = new RunControl();
  const stopped: VerifyExport = async () => {
    control.stop();
    throw control.signal.reason;
  };
  expect(await exportStage({ ...context, control }, id, undefined, stopped)).toBeNull();
});
