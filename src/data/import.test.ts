import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { gzipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { pythonArchive, pythonFiles } from "../../tests/support/python-archive";
import { concatBytes, toHex } from "../base/bytes";
import type { Dataset } from "./dataset";
import { importDataset, importRecognising } from "./import";
import type { PublishedSet } from "./originals";
import { sampleDataset } from "./sample";
import type { ImportProgress } from "./source";
import { inspect } from "./summary";
import { writeTar } from "./tar-writer";
import { archiveErrorOf, importBytes, memoryFile } from "./testing";
import { binaryArchive, binaryFiles } from "./write-archive";

const ignore = (): void => undefined;
let dataset: Dataset;
let binary: Uint8Array;
let python: Uint8Array;

beforeAll(async () => {
  dataset = sampleDataset({ classes: 6, superclasses: 2, train: 300, test: 20, seed: 11 }).dataset;
  binary = await binaryArchive(dataset);
  python = await pythonArchive(dataset);
});

const small = sampleDataset({ classes: 4, superclasses: 2, train: 12, test: 4, seed: 5 }).dataset;
const looseFiles = (files: readonly { path: string; bytes: Uint8Array }[]) =>
  files.map(({ path, bytes }) => memoryFile(path, bytes));

describe("what is read", () => {
  test("both archives give the dataset they were made of, byte for byte, with every byte value in the pixels", async () => {
    const fromBinary = await importBytes("anything", binary);
    const fromPython = await importBytes("anything.bin", python);
    expect(inspect(fromBinary.dataset)).toEqual(inspect(dataset));
    expect(inspect(fromPython.dataset)).toEqual(inspect(dataset));
    expect(toHex(fromPython.dataset.train.images)).toBe(toHex(dataset.train.images));
    expect(new Set(fromPython.dataset.train.images).size).toBe(256);
  });

  test("chunks of 1, 511 and 100,000 bytes give the same", async () => {
    const archive = await binaryArchive(small);
    for (const chunkBytes of [1, 511, 100_000]) {
      expect(inspect((await importBytes("a", archive, chunkBytes)).dataset)).toEqual(inspect(small));
    }
  });

  test("plain tar archives and loose files of both layouts give the same", async () => {
    for (const files of [binaryFiles(small), pythonFiles(small)]) {
      const loose = await importDataset(looseFiles(files), ignore);
      expect(inspect(loose.dataset)).toEqual(inspect(small));
      expect(loose.source).toBe(files.map(({ path }) => path).join(", "));
      const tar = await importBytes("a.tar", writeTar(files));
      expect(inspect(tar.dataset)).toEqual(inspect(small));
    }
  });

  test("members may come in any order, in any folder, among other files", async () => {
    const files = binaryFiles(small).map(({ path, bytes }) => ({ path: `../..//etc/${path}`, bytes }));
    const others = [
      { path: "file.txt~", bytes: new Uint8Array(1000) },
      { path: "._train.bin", bytes: new Uint8Array(3) },
    ];
    const { dataset: read } = await importBytes("a", gzipSync(writeTar([...others, ...files.toReversed()])));
    expect(inspect(read)).toEqual(inspect(small));
  });

  test("gzip of several members and bytes after the end are read", async () => {
    const tar = writeTar(binaryFiles(small));
    const parts = [tar.subarray(0, 20_001), tar.subarray(20_001, 20_001), tar.subarray(20_001)].map((part) => gzipSync(part));
    for (const junk of [
      new Uint8Array(0),
      new Uint8Array(3),
      new Uint8Array(5000),
      new TextEncoder().encode("junk ".repeat(99)),
    ]) {
      const single = await importBytes("a", concatBytes([gzipSync(tar), junk]));
      expect(inspect(single.dataset)).toEqual(inspect(small));
      const several = await importBytes("a", concatBytes([...parts, junk]));
      expect(inspect(several.dataset)).toEqual(inspect(small));
    }
  });

  test("progress counts the bytes of the file and ends at its size", async () => {
    const seen: ImportProgress[] = [];
    await importDataset([memoryFile("a.tar.gz", binary)], (progress) => seen.push(progress));
    expect(seen[0]).toEqual({ file: "a.tar.gz", bytesDone: 0, bytesTotal: binary.length });
    expect(seen.at(-1)?.bytesDone).toBe(binary.length);
    expect(seen.every(({ bytesDone }, i) => i === 0 || bytesDone > seen[i - 1]!.bytesDone)).toBe(true);
  });

  test("the source is asked for no more than a few blocks ahead of what was parsed", async () => {
    const tar = writeTar([{ path: "train.bin", bytes: new Uint8Array(3074 * 2000) }, ...binaryFiles(small)]);
    tar[0] = 0x78; // the first header is wrong: nothing after it is needed
    let delivered = 0;
    const file = memoryFile("a", gzipSync(tar, { level: 0 }), 10_000);
    const transform = (chunk: Uint8Array, out: TransformStreamDefaultController<Uint8Array>): void => {
      delivered++;
      out.enqueue(chunk);
    };
    const counting = { ...file, stream: () => file.stream().pipeThrough(new TransformStream({ transform })) };
    expect((await archiveErrorOf(() => importDataset([counting], ignore))).message).toContain("checksum");
    expect(delivered).toBeLessThan(60);
  });

  test("an aborted import rejects with the reason", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const progress = ({ bytesDone }: ImportProgress): void => {
      if (bytesDone > 0) controller.abort(reason);
    };
    const big = memoryFile("a", gzipSync(writeTar([{ path: "x", bytes: new Uint8Array(3_000_000) }]), { level: 0 }));
    await expect(importDataset([big], progress, controller.signal)).rejects.toBe(reason);
    const late = new AbortController();
    const abortAtEnd = ({ bytesDone, bytesTotal }: ImportProgress): void => {
      if (bytesDone === bytesTotal) late.abort(reason);
    };
    await expect(importDataset([memoryFile("a", binary)], abortAtEnd, late.signal)).rejects.toBe(reason);
    const aborted = AbortSignal.abort(reason);
    await expect(importDataset([memoryFile("a", binary)], ignore, aborted)).rejects.toBe(reason);
  });
});

describe("originals", () => {
  const published = (file: string, bytes: Uint8Array, length: number | null = bytes.length): PublishedSet["files"][number] => ({
    file,
    bytes: length,
    md5: toHex(md5(bytes)),
    sha256: toHex(sha256(bytes)),
  });

  test("an archive with published checksums is recognised whatever its name, another one is not", async () => {
    const archive = await binaryArchive(small);
    const sets = [{ title: "the original", files: [published("b.tar.gz", archive)] }];
    expect((await importRecognising(sets, [memoryFile("renamed", archive)], ignore)).original).toBe("the original");
    const other = concatBytes([archive.subarray(0, 4), Uint8Array.of(1), archive.subarray(5)]);
    expect((await importRecognising(sets, [memoryFile("renamed", other)], ignore)).original).toBeNull();
    expect((await importBytes("renamed", archive)).original).toBeNull();
  });

  test("loose files and members of a plain tar are recognised once all of them match", async () => {
    for (const files of [binaryFiles(small), pythonFiles(small)]) {
      const [first, second] = files.filter(({ path }) => path.startsWith("t"));
      const sets = [
        { title: "both", files: [published(first!.path, first!.bytes, null), published(second!.path, second!.bytes)] },
      ];
      expect((await importRecognising(sets, looseFiles(files), ignore)).original).toBe("both");
      expect((await importRecognising(sets, [memoryFile("a", writeTar(files))], ignore)).original).toBe("both");
      const wrong = [{ title: "both", files: [published(first!.path, first!.bytes), published("x", binary)] }];
      expect((await importRecognising(wrong, looseFiles(files), ignore)).original).toBeNull();
    }
  });
});

describe("what is refused", () => {
  const refused = async (bytes: Uint8Array): Promise<string> =>
    (await archiveErrorOf(() => importBytes("the.file", bytes))).message;

  test("a gzip archive cut off anywhere", async () => {
    const archive = await binaryArchive(small);
    const cuts = [
      0,
      1,
      2,
      5,
      9,
      10,
      11,
      ...Array.from({ length: 25 }, (_, i) => Math.floor((archive.length * i) / 25)),
      -9,
      -8,
      -7,
      -1,
    ];
    for (const cut of cuts) expect(await refused(archive.subarray(0, cut)), `cut at ${cut}`).toContain("the.file");
  });

  test("a tar archive cut off anywhere before its last file ends", async () => {
    for (const files of [binaryFiles(small), pythonFiles(small)]) {
      const tar = writeTar(files);
      const end = tar.length - 1024 - 512;
      for (let cut = 0; cut < end; cut += 1499)
        expect(await refused(tar.subarray(0, cut)), `cut at ${cut}`).toContain("the.file");
    }
  });

  test("a gzip archive with any byte of its data or its checksum changed", async () => {
    const archive = await binaryArchive(small);
    const places = [...Array.from({ length: 25 }, (_, i) => 12 + Math.floor(((archive.length - 20) * i) / 25)), -8, -5, -4, -1];
    for (const place of places) {
      const damaged = archive.slice();
      damaged[place < 0 ? archive.length + place : place]! ^= 0x55;
      expect(await refused(damaged), `byte ${place}`).toContain("the.file");
    }
  });

  test("several gzip members of which one has a wrong checksum", async () => {
    const tar = writeTar(binaryFiles(small));
    const parts = [tar.subarray(0, 20_001), tar.subarray(20_001)].map((part) => gzipSync(part));
    parts[0]![parts[0]!.length - 6]! ^= 1;
    expect(await refused(concatBytes(parts))).toContain("damaged");
  });

  test("record files of a wrong length, named with the byte where the odd record begins", async () => {
    const [train, ...rest] = binaryFiles(small);
    for (const length of [0, 1, 3073, 3074 * 12 - 1, 3074 * 3 + 2]) {
      const bytes = train!.bytes.subarray(0, length);
      const message = await refused(gzipSync(writeTar([{ path: "train.bin", bytes }, ...rest])));
      expect(message).toContain(`train.bin: ${length} bytes`);
      expect(message).toContain(`byte ${Math.floor(length / 3074) * 3074} `);
    }
  });

  test("labels out of range, named with file and byte", async () => {
    const files = binaryFiles(small);
    const test_ = files[1]!.bytes.slice();
    test_[2 * 3074 + 1] = 4;
    const withTest = [files[0]!, { path: "test.bin", bytes: test_ }, files[2]!, files[3]!];
    expect(await refused(writeTar(withTest))).toContain("test.bin: byte 6149: fine label 4 of record 2");
    test_[2 * 3074 + 1] = 0;
    test_[3074] = 255;
    expect(await refused(writeTar(withTest))).toContain("test.bin: byte 3074: coarse label 255 of record 1");
    const python = pythonFiles({ ...small, classes: small.classes.slice(0, 3) });
    expect(await refused(writeTar(python))).toMatch(/train: fine_labels\[\d+\] \(list at byte \d+\): fine label 3/);
  });

  test("missing, repeated and mixed files", async () => {
    const files = binaryFiles(small);
    expect(await refused(writeTar(files.slice(0, 3)))).toContain("coarse_label_names.txt is missing");
    expect(await refused(writeTar([{ path: "data_batch_1.bin", bytes: new Uint8Array(5) }]))).toContain(
      "found: data_batch_1.bin",
    );
    expect(await refused(writeTar([...files, files[1]!]))).toContain("two files named test.bin");
    expect(await refused(writeTar([...files, ...pythonFiles(small)]))).toContain("at once");
    expect(await refused(new Uint8Array(1024))).toContain("neither an archive");
    expect(await refused(gzipSync(new TextEncoder().encode("hello".repeat(500))))).toContain("not a tar header");
    const both = [memoryFile("a.tar", writeTar(files)), memoryFile("test.bin", files[1]!.bytes)];
    expect((await archiveErrorOf(() => importDataset(both, ignore))).message).toContain("at once");
    expect((await archiveErrorOf(() => importDataset([], ignore))).message).toContain("no file");
  });

  test("sizes that are enormous, or more than the file can hold, before any memory is taken for them", async () => {
    const claim = (path: string, size: number): Uint8Array => {
      const tar = writeTar([{ path, bytes: new Uint8Array(0) }]);
      tar.set(new TextEncoder().encode(size.toString(8).padStart(11, "0")), 124);
      tar.set(new TextEncoder().encode("        "), 148);
      const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      tar.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
      return tar;
    };
    expect(await refused(gzipSync(claim("train.bin", 3074 * 100_000)))).toContain("claims 307400000 bytes");
    expect(await refused(claim("train", 3_000_000_000))).toContain("claims 3000000000 bytes");
    expect(await refused(claim("fine_label_names.txt", 2 ** 21))).toContain("claims");
    expect(await refused(claim("other", 8 ** 11 - 1))).toContain("unpacks to more than");
    expect(await refused(claim("other", 2 ** 32))).toContain("short of member other");
    const bomb = writeTar([{ path: "meta", bytes: new Uint8Array(2 ** 21) }]);
    expect(await refused(gzipSync(bomb))).toContain("claims 2097152 bytes, where at most 1048576");
  });
});
