import { expect, test } from "vitest";
import { concatBytes } from "../base/bytes";
import { ByteReader } from "./byte-reader";
import { isTar, readTar } from "./tar";
import { writeTar } from "./tar-writer";
import { archiveErrorOf } from "./testing";

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Found {
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function filesOf(tar: Uint8Array, limit = 1e9, take = true): Promise<Found[]> {
  const reader = new ByteReader(chunksOf(tar, 700), "a.tar");
  const found: Found[] = [];
  await readTar(reader, "a.tar", limit, async ({ name, size }) => {
    const bytes = new Uint8Array(take ? size : 0);
    await reader.readInto(bytes, name);
    found.push({ name, bytes });
  });
  return found;
}

/** A header of any type before the data, with its checksum made right. */
function member(path: string, type: string, data: Uint8Array, edit: (block: Uint8Array) => void = () => undefined): Uint8Array {
  const tar = writeTar([{ path, bytes: data }]).slice(0, -1024);
  tar[156] = type.charCodeAt(0);
  edit(tar);
  tar.fill(0x20, 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return tar;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const data = Uint8Array.from({ length: 1300 }, (_, i) => i % 251);
const end = new Uint8Array(1024);

test("files of sizes around a block come back by base name, read or skipped", async () => {
  const files = [0, 1, 511, 512, 513, 1300].map((size) => ({ path: `folder/file_${size}`, bytes: data.subarray(0, size) }));
  const found = await filesOf(writeTar(files));
  expect(found.map(({ name }) => name)).toEqual(files.map(({ path }) => path.slice(7)));
  for (const [i, { bytes }] of found.entries()) expect(bytes).toEqual(files[i]!.bytes);
  expect((await filesOf(writeTar(files), 1e9, false)).length).toBe(files.length);
});

test("long names of GNU and pax, sizes of GNU and pax, and other members are understood", async () => {
  const gnuSize = (block: Uint8Array): void => {
    block.fill(0, 124, 136);
    block.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, data.length >>> 8, data.length & 0xff], 124);
  };
  const noSize = (block: Uint8Array): void => block.set(utf8("00000000000\0"), 124);
  const sized = (block: Uint8Array): void => block.set(utf8("00000000777\0"), 124);
  const tar = concatBytes([
    member("pax_global_header", "g", utf8("20 comment=something\n")),
    member("folder", "5", new Uint8Array(0)),
    member("link", "2", new Uint8Array(0), sized),
    member("././@LongLink", "L", utf8(`${"long/".repeat(30)}gnu\0`)),
    member("short", "0", data),
    member("x", "x", utf8("18 path=other/pax\n13 size=1300\n")),
    member("short", "0", data, noSize),
    member("binary size", "0", data, gnuSize),
    member("old", "\0", data),
    end,
  ]);
  const found = await filesOf(tar);
  expect(found.map(({ name }) => name)).toEqual(["gnu", "pax", "binary size", "old"]);
  for (const { bytes } of found) expect(bytes).toEqual(data);
});

test("a changed header, a header that is none and too large a sum are refused with their place", async () => {
  const tar = writeTar([
    { path: "a", bytes: data },
    { path: "b", bytes: data },
  ]);
  const second = 512 + 1536;
  for (const place of [0, 99, 124, 150, 156, 511]) {
    const damaged = tar.slice();
    damaged[second + place]! ^= 0x11;
    expect((await archiveErrorOf(() => filesOf(damaged))).message).toContain(`a.tar: byte ${second} of the tar data`);
  }
  expect((await archiveErrorOf(() => filesOf(tar, 2000))).message).toContain("unpacks to more than 2000 bytes");
  const huge = member("x", "x", new Uint8Array(2 ** 20 + 1));
  expect((await archiveErrorOf(() => filesOf(huge))).message).toContain("extended header");
  const wordy = member("a", "0", data, (block) => block.set(utf8("no number  \0"), 124));
  expect((await archiveErrorOf(() => filesOf(wordy))).message).toContain("no number");
});

test("only a block with a tar checksum looks like tar", () => {
  const tar = writeTar([{ path: "a", bytes: data }]);
  expect(isTar(tar)).toBe(true);
  expect(isTar(tar.subarray(0, 511))).toBe(false);
  expect(isTar(new Uint8Array(512))).toBe(false);
  expect(isTar(data)).toBe(false);
});
