import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { EngineContext, EngineFact } from "./context";
import { createRun } from "./runs";
import { groupStage, resumeStage } from "./stages";
import { exampleConfig, exampleContext } from "./testing";

const NAME = "group.safetensors";
/** Steps of the last checkpoint and of the one before it. */
const LAST = 8;
const PREVIOUS = 6;

let base: string;
let id: string;
const folders: string[] = [];

function contextOver(root: string, facts: EngineFact[] = []): EngineContext {
  return exampleContext(openFolder(root).runs, { observer: (fact) => void facts.push(fact) });
}

/** A run stopped at its last checkpoint: every test damages a copy of it. */
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "splitnet-damage-"));
  folders.push(base);
  const context = contextOver(base);
  id = (await createRun(context, exampleConfig)).id;
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "progress" && fact.step === LAST) context.control.stop();
  };
  expect(await groupStage({ ...context, observer }, id)).toBe("stopped");
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface Files {
  /** Path of the last checkpoint, or of a file beside it. */
  readonly path: (ending?: string) => string;
}

async function copied(): Promise<{ root: string; files: Files }> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-damage-"));
  folders.push(root);
  await cp(base, root, { recursive: true });
  return { root, files: { path: (ending = "") => join(root, "runs", id, NAME + ending) } };
}

async function changed({ path }: Files, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(path(), change(await readFile(path())));
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  bytes[at]! ^= 1 << bit;
  return bytes;
}

const DAMAGES: readonly (readonly [string, (files: Files) => Promise<void>])[] = [
  ["is missing", ({ path }) => rm(path())],
  ["is empty", ({ path }) => truncate(path(), 0)],
  ["has one byte", ({ path }) => truncate(path(), 1)],
  ["ends in its header's length", ({ path }) => truncate(path(), 7)],
  ["ends in its header", ({ path }) => truncate(path(), 100)],
  ["is half there", (files) => changed(files, (bytes) => bytes.subarray(0, bytes.length >> 1))],
  ["lacks its last byte", (files) => changed(files, (bytes) => bytes.subarray(0, -1))],
  ["has a byte too many", (files) => changed(files, (bytes) => Buffer.concat([bytes, Buffer.of(0)]))],
  ["is there twice", (files) => changed(files, (bytes) => Buffer.concat([bytes, bytes]))],
  ["has its first bit flipped", (files) => changed(files, (bytes) => flipped(bytes, 0, 0))],
  ["has a bit of its header flipped", (files) => changed(files, (bytes) => flipped(bytes, 50, 3))],
  ["has a bit of a weight flipped", (files) => changed(files, (bytes) => flipped(bytes, bytes.length >> 1, 6))],
  ["has its last bit flipped", (files) => changed(files, (bytes) => flipped(bytes, bytes.length - 1, 7))],
  ["is full of zeros", (files) => changed(files, (bytes) => bytes.fill(0))],
  ["is text", ({ path }) => writeFile(path(), "<html>404</html>")],
  ["has no hash", ({ path }) => rm(path(".sha256"))],
  ["has an empty hash", ({ path }) => truncate(path(".sha256"), 0)],
  ["has the hash of something else", ({ path }) => writeFile(path(".sha256"), "0".repeat(64))],
];

describe("a last checkpoint that", () => {
  test.each(DAMAGES)("%s: the one before it is read, and said so", async (_, damage) => {
    const { root, files } = await copied();
    await damage(files);
    const facts: EngineFact[] = [];
    expect(await resumeStage(contextOver(root, facts), id)).toBe("finished");
    expect(facts).toContainEqual({ kind: "rewound", runId: id, stage: "group", step: PREVIOUS });
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: "troubled", trouble: { kind: "previousCopy", stage: "group", step: PREVIOUS } }),
    );
  });
});

/** The last checkpoint written anew with other metadata or tensors, and its right hash. */
async function rewritten({ path }: Files, change: (parts: ReturnType<typeof decodeSafetensors>) => void): Promise<void> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path()));
  const parts = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(parts);
  const bytes = encodeSafetensors(parts.tensors, parts.metadata);
  await writeFile(path(), bytes);
  await writeFile(path(".sha256"), await sha256(bytes));
}

const FOREIGN: readonly (readonly [
  string,
  (parts: { tensors: Map<string, unknown>; metadata: Record<string, string> }) => void,
  RegExp,
])[] = [
  ["of another version", ({ metadata }) => (metadata.version = "99"), /version/],
  ["of another data set", ({ metadata }) => (metadata.dataset = "0".repeat(64)), /another data set/],
  ["of another configuration", ({ metadata }) => (metadata.config = "other"), /another configuration/],
  ["of another stage", ({ metadata }) => (metadata.stage = "finetune"), /stage finetune/],
  ["of another network", ({ metadata }) => (metadata.network = "WRN-28-10"), /WRN-28-10/],
  ["without a tensor", ({ tensors }) => tensors.delete([...tensors.keys()][3]!), /lacks the tensor/],
  [
    "with a tensor too many",
    ({ tensors }) => tensors.set("parameters/extra", [...tensors.values()][0]),
    /no tensor parameters\/extra/,
  ],
  ["with a step that is none", ({ metadata }) => (metadata.step = "-1"), /step/],
];

describe("a last checkpoint that is whole, but", () => {
  test.each(FOREIGN)("%s, is refused with the reason, and nothing changes", async (_, change, reason) => {
    const { root, files } = await copied();
    await rewritten(files, change as Parameters<typeof rewritten>[1]);
    const before = await snapshot(root);
    await expect(resumeStage(contextOver(root), id)).rejects.toMatchObject({
      name: "CheckpointError",
      message: expect.stringMatching(reason),
    });
    expect(await snapshot(root)).toEqual(before);
  });
});

test("where both checkpoints are damaged the run does not begin anew without a word", async () => {
  const { root, files } = await copied();
  for (const ending of ["", ".prev"]) await truncate(files.path(ending), 10);
  const before = await snapshot(root);
  await expect(resumeStage(contextOver(root), id)).rejects.toMatchObject({
    name: "CheckpointError",
    message: expect.stringMatching(/step 8/),
  });
  expect(await snapshot(root)).toEqual(before);
});

/** Names and hashes of the run's files. */
async function snapshot(root: string): Promise<Record<string, string>> {
  const folder = join(root, "runs", id);
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await sha256(await readFile(join(folder, name)))])),
  );
}
