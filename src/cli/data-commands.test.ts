import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleDataset } from "../data/sample";
import { binaryFiles } from "../data/write-archive";
import { runAborting, runHere } from "./testing";

const OPTIONS = { classes: 6, superclasses: 3, train: 40, test: 20, seed: 9 };
const FLAGS = Object.entries(OPTIONS).flatMap(([name, value]) => [`--${name}`, String(value)]);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-data-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function sampleFile(): Promise<string> {
  const path = join(folder, "sample.tar.gz");
  const { code, err } = await runHere("sample", "--out", path, ...FLAGS);
  expect([code, err]).toEqual([0, ""]);
  return path;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("inspect prints exactly counts, checksums and names of what the generator drew", async () => {
  const { dataset } = sampleDataset(OPTIONS);
  const { out, code } = await runHere("inspect", await sampleFile(), "--json");
  const digest = (part: "train" | "test") => ({
    count: OPTIONS[part],
    images: sha256(dataset[part].images),
    fine: sha256(dataset[part].fine),
    coarse: sha256(dataset[part].coarse),
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    train: digest("train"),
    test: digest("test"),
    classes: dataset.classes,
    superclasses: dataset.superclasses,
  });
});

test("loose files and the unpacked tar inspect to the same document as the archive", async () => {
  const archive = await sampleFile();
  const expected = (await runHere("inspect", archive, "--json")).out;
  const tar = join(folder, "sample.tar");
  await writeFile(tar, gunzipSync(await readFile(archive)));
  expect((await runHere("inspect", tar, "--json")).out).toBe(expected);
  const loose = binaryFiles(sampleDataset(OPTIONS).dataset);
  for (const { path, bytes } of loose) await writeFile(join(folder, path), bytes);
  const paths = loose.map(({ path }) => join(folder, path));
  expect((await runHere("inspect", ...paths, "--json")).out).toBe(expected);
});

test("equal options write equal bytes; the folder is created and nothing else is left in it", async () => {
  const [a, b] = [join(folder, "new", "a.tar.gz"), join(folder, "new", "b.tar.gz")];
  const { out } = await runHere("sample", "--out", a, ...FLAGS, "--json");
  await runHere("sample", "--out", b, ...FLAGS);
  expect(Buffer.compare(await readFile(a), await readFile(b))).toBe(0);
  expect(await readdir(join(folder, "new"))).toEqual(["a.tar.gz", "b.tar.gz"]);
  expect(JSON.parse(out)).toMatchObject({
    file: a,
    bytes: (await readFile(a)).length,
    options: OPTIONS,
    families: [0, 1, 2, 0, 1, 2],
  });
});

test("the readable reports name counts and classes", async () => {
  const { out } = await runHere("inspect", await sampleFile());
  expect(out).toMatch(/6 classes in 3 superclasses\ntrain: 40 images/);
  expect(out).toMatch(/class +superclass +train +test/);
});

test.each([
  ["cut in the middle", (bytes: Uint8Array) => bytes.subarray(0, bytes.length >>> 1)],
  ["with a byte changed", (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length >>> 1 ? byte ^ 255 : byte))],
  ["that is text", () => new TextEncoder().encode("<html>404</html>")],
  ["that is empty", () => new Uint8Array()],
])("an archive %s exits 1 with one line that names it", async (_, damage) => {
  const path = await sampleFile();
  await writeFile(path, damage(await readFile(path)));
  const { code, out, err } = await runHere("inspect", path, "--json");
  expect(code).toBe(1);
  expect(out).toBe("");
  const lines = err.trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("splitnet: ")).length).toBe(1);
  expect(lines.at(-1)).toMatch(/^splitnet: .*sample\.tar\.gz.*\. .+\.$/);
});

test("a missing archive and a folder in its place exit 1; no archive at all exits 2", async () => {
  expect(await runHere("inspect", join(folder, "none"))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/none: there is no such file/),
  });
  expect(await runHere("inspect", folder)).toMatchObject({ code: 1, err: expect.stringMatching(/not a file/) });
  expect((await runHere("inspect")).code).toBe(2);
});

test.each([
  [["--train", "0"], 2],
  [["--classes", "six"], 2],
  [["--classes", "3", "--superclasses", "4"], 1],
  [["--classes", "300"], 1],
  [["--out", ""], 2],
])("sample %j is refused and writes nothing", async (flags, expected) => {
  const path = join(folder, "never.tar.gz");
  const { code, err } = await runHere("sample", "--out", path, ...flags);
  expect(code).toBe(expected);
  expect(err).toMatch(/^splitnet: /);
  expect(existsSync(path)).toBe(false);
});

test("an interrupt while reading exits 130", async () => {
  const stop = new AbortController();
  stop.abort();
  const { code, err } = await runAborting(stop.signal, "inspect", await sampleFile());
  expect([code, err]).toEqual([130, expect.stringMatching(/^splitnet: interrupted\. Nothing was changed/)]);
});

test("a level is drawn as asked for and reported, an archive of another level is another file, and an unknown level is a wrong usage", async () => {
  const draw = async (level: string) => {
    const path = join(folder, `${level}.tar.gz`);
    const { code, out } = await runHere("sample", "--out", path, ...FLAGS, "--level", level, "--json");
    return { code, report: JSON.parse(out), bytes: await readFile(path) };
  };
  const [easy, hard] = [await draw("easy"), await draw("hard")];
  expect([easy.code, hard.code]).toEqual([0, 0]);
  expect(easy.bytes.equals(await readFile(await sampleFile()))).toBe(true);
  expect(hard.report.options).toEqual({ ...OPTIONS, level: "hard" });
  expect(hard.report.train.images).toBe(sha256(sampleDataset({ ...OPTIONS, level: "hard" }).dataset.train.images));
  expect(gunzipSync(hard.bytes).includes("Sample data of the level hard.")).toBe(true);
  expect(await runHere("sample", "--out", join(folder, "none"), "--level", "brutal")).toMatchObject({
    code: 2,
    err: expect.stringContaining("choose one of easy, medium, hard"),
  });
});
