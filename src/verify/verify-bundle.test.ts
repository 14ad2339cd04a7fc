import { unzipSync, zipSync } from "fflate";
import * as ort from "onnxruntime-web";
import { beforeAll, expect, test } from "vitest";
import { oracleCheck } from "../../tests/support/oracle-check";
import { exampleInput } from "../../tests/support/unpacked-bundle";
import { CheckpointError } from "../base/errors";
import { normals, randomStream } from "../base/random";
import { hostTensor } from "../base/tensor";
import { bundleFiles, subsetFiles } from "../export/bundle";
import type { ExportInput } from "../export/export-input";
import { exampleNetwork } from "../export/testing";
import { zipStream } from "../export/zip";
import { onnxRuntime } from "./onnx-runtime";
import { tfjsProgram } from "./tfjs-runtime";
import { type Programs, verifyBundle } from "./verify-bundle";

ort.env.wasm.numThreads = 1;
const run: Programs = { onnx: onnxRuntime(ort), tfjs: tfjsProgram };
const quietly = { onFile: () => undefined };
/** More than one batch, and not a whole number of them. */
const IMAGES = 27;
const OPTIONS = { modifiedAt: 0, checksums: true };
let bundle: Uint8Array;

beforeAll(async () => {
  bundle = await exampleBundle("2-4-4");
});

async function exampleBundle(grouping: string): Promise<Uint8Array> {
  const stream = zipStream(bundleFiles(exampleCheck(grouping)), OPTIONS);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What a bundle is made of; its check is what the float64 oracle gives. */
function exampleCheck(grouping: string): ExportInput {
  const example = exampleNetwork({ grouping, blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
  const pixels = normals(randomStream(3, "sample"), IMAGES * 3072, 1, 1);
  return exampleInput(example, grouping, oracleCheck(example.network, pixels));
}

/** The bundle with members changed; checksums follow unless they are kept. */
async function changed(
  change: (files: Record<string, Uint8Array>) => unknown,
  sums: "kept" | "anew" = "anew",
): Promise<Uint8Array> {
  const files = unzipSync(bundle);
  change(files);
  if (sums === "kept") return zipSync(files, { level: 0 });
  const list = Object.entries(files).flatMap(([name, bytes]) => (name === "SHA256SUMS" ? [] : [{ name, make: () => bytes }]));
  return new Uint8Array(await new Response(zipStream(list, OPTIONS)).arrayBuffer());
}

test("every way through a bundle gives the logits that came with it, and progress is told", async () => {
  const told: string[] = [];
  const { checksums, verified, within, tolerance } = await verifyBundle(bundle, run, {
    onFile: (done, total) => told.push(`${done}/${total}`),
  });
  expect(checksums).toBe(Object.keys(unzipSync(bundle)).length - 1);
  expect(verified.map(({ what, name }) => `${what} ${name}`)).toEqual([
    "whole onnx/model.onnx",
    "tensorflowjs tfjs/model.json",
    "parts onnx/merge.onnx",
    ...["1_1", "1_2", "2_1", "2_2"].map((leaf) => `path onnx/path_${leaf}.onnx`),
  ]);
  for (const { what, difference, images, sameClass } of verified) {
    expect(difference).toBeLessThan(1e-5);
    // TensorFlow.js is given the first few: its plain backend is slow.
    expect([images, sameClass]).toEqual(what === "tensorflowjs" ? [4, 4] : [IMAGES, IMAGES]);
  }
  expect([within, tolerance]).toEqual([true, 1e-3]);
  // The whole, in TensorFlow.js too, six branches with trunk and merge, four paths.
  expect([told[0], told[1], told.at(-1)]).toEqual(["0/14", "1/14", "14/14"]);
});

test("some classes are verified by their own logits, and rounded weights only have to give numbers", async () => {
  const accuracy = { loss: 1, top1: 0.5, top5: 1 };
  const measured = { count: 1, original: accuracy, variants: [{ variant: "int8", accuracy, sameClass: 1 } as const] };
  const input = exampleCheck("2-4-4");
  const classes = [7, 2];
  const { shape, data } = input.check.logits;
  const picked = Float32Array.from({ length: 2 * shape[0]! }, (_, index) => data[9 * (index >> 1) + classes[index % 2]!]!);
  const check = { ...input.check, logits: hostTensor([shape[0]!, 2], picked) };
  const stream = zipStream(subsetFiles({ ...input, check, measured }, classes), OPTIONS);
  const { verified, within } = await verifyBundle(new Uint8Array(await new Response(stream).arrayBuffer()), run, quietly);
  expect(verified.map(({ what, name }) => `${what} ${name}`)).toEqual([
    "classes onnx/subset.onnx",
    "variant onnx/subset_int8.onnx",
  ]);
  expect(verified[0]!.difference).toBeLessThan(1e-5);
  expect(verified[1]!.difference).toBeGreaterThan(1e-3);
  expect(within).toBe(true);
});

/** ONNX Runtime that keeps account of what is loaded. */
function counted() {
  const account = { loads: 0, open: 0, mostOpen: 0 };
  const load: Programs["onnx"]["load"] = async (model) => {
    const graph = await run.onnx.load(model);
    account.loads++;
    account.mostOpen = Math.max(account.mostOpen, ++account.open);
    return {
      run: (values) => graph.run(values),
      release: async () => {
        account.open--;
        await graph.release();
      },
    };
  };
  return { account, programs: { ...run, onnx: { ...run.onnx, load } } };
}

test("each graph is loaded once for all images, with no others than those of its way, and none is left loaded", async () => {
  const { account, programs } = counted();
  await verifyBundle(bundle, programs, quietly);
  // The whole, a trunk with six branches and their merge, four paths.
  expect(account).toEqual({ loads: 1 + 8 + 4, open: 0, mostOpen: 8 });
});

test("what is thrown between two batches ends it, with nothing left loaded", async () => {
  const { account, programs } = counted();
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    if (++breaths === 2) throw new Error("enough");
  };
  await expect(verifyBundle(bundle, programs, { ...quietly, breathe })).rejects.toThrow("enough");
  expect(account).toEqual({ loads: 1, open: 0, mostOpen: 1 });
});

test("an unsplit network is verified as a whole", async () => {
  const { verified, within } = await verifyBundle(await exampleBundle("1-1-1"), run, quietly);
  expect(verified.map(({ what }) => what)).toEqual(["whole", "tensorflowjs"]);
  expect(within).toBe(true);
});

/** Turns ten numbers of a constant into 12: its data follow its name. */
function spoil(graph: Uint8Array, constant: string): void {
  const start = Buffer.from(graph.buffer, graph.byteOffset, graph.length).lastIndexOf(constant) + constant.length + 8;
  graph.fill(0x41, start, start + 40);
}

test("graphs that give something else are found out", async () => {
  const mixed = await changed((files) => {
    spoil(files["onnx/branch_1_1.onnx"]!, "branch_1_1.logits.fc.weight");
    spoil(files["onnx/path_2_1.onnx"]!, "branch_2_1.logits.fc.weight");
  });
  const { verified, within } = await verifyBundle(mixed, run, quietly);
  expect(within).toBe(false);
  const wrong = verified.filter(({ difference }) => !(difference <= 1e-3)).map(({ name }) => name);
  expect(wrong).toEqual(["onnx/merge.onnx", "onnx/path_2_1.onnx"]);
});

test.each<[string, (files: Record<string, Uint8Array>) => unknown, "kept" | "anew", RegExp]>([
  ["a damaged member", (files) => files["classes.csv"]!.fill(7, 3, 4), "kept", /classes\.csv is damaged/],
  ["a member that is gone", (files) => void delete files["onnx/model.onnx"], "kept", /lacks onnx\/model\.onnx/],
  ["no checksums", (files) => void delete files.SHA256SUMS, "kept", /lacks SHA256SUMS/],
  [
    "a configuration that is none",
    (files) => Object.assign(files, { "config.json": new Uint8Array([0x7b]) }),
    "anew",
    /config\.json/,
  ],
  [
    "a class that there is not",
    (files) => {
      const text = new TextDecoder().decode(files["config.json"]);
      Object.assign(files, { "config.json": new TextEncoder().encode(text.replace(/"label": 8\b/g, '"label": 9')) });
    },
    "anew",
    /class 9 of onnx\/path_\w+\.onnx is none of the 9 classes/,
  ],
  ["a graph that is none", (files) => files["onnx/trunk.onnx"]!.fill(0xff), "anew", /onnx\/trunk\.onnx: ONNX Runtime refuses it/],
  [
    "a TensorFlow.js shard that is gone",
    (files) => delete files["tfjs/group1-shard1of1.bin"],
    "anew",
    /tfjs\/group1-shard1of1\.bin/,
  ],
  [
    "a TensorFlow.js model that is none",
    (files) => files["tfjs/model.json"]!.fill(0x20),
    "anew",
    /tfjs\/model\.json: TensorFlow\.js/,
  ],
  ["a branch that is gone", (files) => void delete files["onnx/branch_2.onnx"], "anew", /takes "to_branch_2_1"/],
])("a bundle with %s is refused by name", async (_, change, sums, words) => {
  const failure = await verifyBundle(await changed(change, sums), run, quietly).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CheckpointError);
  expect(failure).toHaveProperty("message", expect.stringMatching(words));
});

test("what is no zip is no bundle", async () => {
  await expect(verifyBundle(new Uint8Array(100), run, quietly)).rejects.toThrow("not an exported bundle");
  await expect(verifyBundle(bundle.subarray(0, 5000), run, quietly)).rejects.toThrow("not an exported bundle");
});
