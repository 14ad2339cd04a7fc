import { beforeAll, expect, test } from "vitest";
import { oracleCheck } from "../../tests/support/oracle-check";
import { exampleInput } from "../../tests/support/unpacked-bundle";
import { CheckpointError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { modelFiles } from "../export/bundle";
import type { ExportInput } from "../export/export-input";
import { exampleNetwork } from "../export/testing";
import { type ExportFile, zipStream } from "../export/zip";
import { verifyBundle } from "../verify/verify-bundle";
import { Progress } from "./progress";
import { otherPrograms, verifyMade } from "./verifying";

const IMAGES = 5;
const GROUPING = "2-2-2";
const silent = { out: () => {}, err: () => {}, interactive: false, columns: 80 };
let input: ExportInput;

beforeAll(() => {
  const example = exampleNetwork({ grouping: GROUPING, blockOrder: "pre-activation", sizes: "even", classes: 4 });
  const pixels = normals(randomStream(3, "sample"), IMAGES * 3072, 1, 1);
  input = exampleInput(example, GROUPING, oracleCheck(example.network, pixels));
});

const tools = (signal: AbortSignal = new AbortController().signal) => ({ progress: new Progress(silent), signal });

test("files that are made when they are needed give the figures that their zip gives", async () => {
  const { checksums, ...figures } = await verifyMade(modelFiles(input), tools());
  expect(checksums).toBeNull();
  const zip = zipStream(modelFiles({ ...input, parity: { checksums, ...figures } }), { modifiedAt: 0, checksums: true });
  const bundle = new Uint8Array(await new Response(zip).arrayBuffer());
  expect(await verifyBundle(bundle, await otherPrograms(), { onFile: () => undefined })).toEqual({
    ...figures,
    checksums: modelFiles(input).length,
  });
});

/** Files of the export, the bytes of one of them turned into another network's: its last layer counts differently. */
function spoiled(name: string): readonly ExportFile[] {
  const turned = new Map(input.tensors.parameters);
  for (const [key, { shape, data }] of turned)
    if (/logits/.test(key)) turned.set(key, { shape, data: data.map((value) => -value) });
  const other = modelFiles({ ...input, tensors: { ...input.tensors, parameters: turned } });
  return modelFiles(input).map((file) => (file.name === name ? other.find((one) => one.name === name)! : file));
}

test("a graph that gives something else is an error that names it, after the table of all", async () => {
  const told: string[] = [];
  const progress = new Progress({ ...silent, err: (text) => void told.push(text) });
  const failure = await verifyMade(spoiled("onnx/path_2.onnx"), { ...tools(), progress }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CheckpointError);
  // Turned round, the largest logit is twice its own size away.
  expect(failure).toHaveProperty(
    "message",
    expect.stringMatching(
      /^nothing was exported: [^;]*logits: onnx\/path_2\.onnx is [12]\.\de\+0 of the largest logit away[^;]*$/,
    ),
  );
  expect(told.join("")).toMatch(/onnx\/path_1\.onnx \(one path\) +\d\.\de-\d+ +5 \/ 5\n/);
  expect(told.join("")).toMatch(/onnx\/path_2\.onnx \(one path\) +[12]\.\de\+0/);
});

test("an interrupt ends it before the next images", async () => {
  const abort = new AbortController();
  abort.abort(new Error("interrupted"));
  await expect(verifyMade(modelFiles(input), tools(abort.signal))).rejects.toThrow("interrupted");
});
