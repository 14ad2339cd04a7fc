import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UNTUNED } from "../kernels/tuning-choice";
import { tuningFolder } from "./tuning-folder";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-tuning-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a tuning is found under its key, and only there, whatever the key holds", async () => {
  const store = tuningFolder(join(folder, "new"));
  const key = "conv-1/../odd: vendor\0/é";
  expect(await store.read(key)).toBeNull();
  await store.write(key, UNTUNED.hardware);
  expect(await store.read(key)).toEqual(UNTUNED.hardware);
  expect(await store.read("conv-1/another")).toBeNull();
  expect(await readdir(folder)).toEqual(["new"]);
});

test("a file that is not JSON is nothing", async () => {
  const store = tuningFolder(folder);
  await store.write("key", UNTUNED.hardware);
  const [name] = await readdir(folder);
  await writeFile(join(folder, name!), "{");
  expect(await store.read("key")).toBeNull();
});
