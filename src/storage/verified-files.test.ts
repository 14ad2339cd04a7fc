import { describe, expect, test } from "vitest";
import { contents, MemoryArea } from "./testing";
import { VerifiedFiles } from "./verified-files";

const OLDEST = Uint8Array.of(1, 2, 3);
const OLD = Uint8Array.of(4, 5, 6, 7);
const NEW = Uint8Array.of(8, 9);
/** Two writes, the look before them, and four renames make a write. */
const OPERATIONS = 6;

async function withTwoCopies() {
  const area = new MemoryArea();
  const files = new VerifiedFiles(area);
  await files.write("run", "f", OLDEST);
  await files.write("run", "f", OLD);
  return { area, files };
}

describe("a write cut anywhere", () => {
  for (let cut = 0; cut < OPERATIONS; cut++) {
    test(`leaves a good copy, before operation ${cut + 1}`, async () => {
      const { area, files } = await withTwoCopies();
      area.operationsLeft = cut;
      await expect(files.write("run", "f", NEW)).rejects.toThrow("killed");
      expect(await contents(files.read("run", "f"))).toEqual(OLD);
    });

    for (let second = 0; second < OPERATIONS; second++) {
      test(`and the next one too, before operations ${cut + 1} and ${second + 1}`, async () => {
        const { area, files } = await withTwoCopies();
        area.operationsLeft = cut;
        await expect(files.write("run", "f", NEW)).rejects.toThrow("killed");
        area.operationsLeft = second;
        await files.write("run", "f", OLDEST).catch(() => undefined);
        const read = await contents(files.read("run", "f"));
        expect([OLD, OLDEST]).toContainEqual(read);
      });
    }
  }

  test("the counted operations are all there are", async () => {
    const { area, files } = await withTwoCopies();
    area.operationsLeft = OPERATIONS;
    await files.write("run", "f", NEW);
    expect(area.operationsLeft).toBe(0);
    expect(await contents(files.read("run", "f"))).toEqual(NEW);
  });
});

describe("a write over a damaged file, cut anywhere,", () => {
  for (let cut = 0; cut < OPERATIONS - 2; cut++) {
    test(`leaves the copy before it, before operation ${cut + 1}`, async () => {
      const { area, files } = await withTwoCopies();
      area.files.set("run/f", Uint8Array.of(0));
      area.operationsLeft = cut;
      await expect(files.write("run", "f", NEW)).rejects.toThrow("killed");
      expect(await contents(files.read("run", "f"))).toEqual(OLDEST);
    });
  }

  test("or done, is read, and the copy before it stays", async () => {
    const { area, files } = await withTwoCopies();
    area.files.set("run/f", Uint8Array.of(0));
    await files.write("run", "f", NEW);
    expect(await contents(files.read("run", "f"))).toEqual(NEW);
    area.files.set("run/f", Uint8Array.of(0));
    expect(await contents(files.read("run", "f"))).toEqual(OLDEST);
  });
});

test.each([0, 1])("a disk that refuses write %d of a file is not fuller after it", async (write) => {
  const { area, files } = await withTwoCopies();
  const before = [...area.files.keys()].sort();
  area.operationsLeft = write;
  await expect(files.write("run", "f", NEW)).rejects.toThrow();
  expect([...area.files.keys()].sort()).toEqual(before);
});

test("a disk that stores other bytes fails the write and keeps the old file", async () => {
  const { area, files } = await withTwoCopies();
  area.corruptsWrites = true;
  await expect(files.write("run", "f", NEW)).rejects.toThrow(/read back/);
  expect(await contents(files.read("run", "f"))).toEqual(OLD);
});

test("damage in both copies reads as no file", async () => {
  const { area, files } = await withTwoCopies();
  for (const name of ["run/f", "run/f.prev"]) area.files.set(name, Uint8Array.of(0));
  expect(await contents(files.read("run", "f"))).toBeNull();
});

test("a file without its hash is not trusted, the previous copy is", async () => {
  const { area, files } = await withTwoCopies();
  area.files.delete("run/f.sha256");
  expect(await contents(files.read("run", "f"))).toEqual(OLDEST);
});
