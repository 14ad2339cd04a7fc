import { gunzipSync as zlibGunzip } from "node:zlib";
import { gzipSync } from "fflate";
import { concatBytes } from "../../../src/base/bytes";
import { DecompressorRefused, gunzip, gunzipMembers } from "../../../src/data/gunzip";
import { readChunks } from "../../../src/data/source";
import { memoryFile } from "../../../src/data/testing";
import { mutateBytes } from "../mutate-bytes";
import { type Attempt, hold, type Target } from "../target";

const text = new TextEncoder().encode("a member of a file, and another one. ".repeat(9));
const noise = Uint8Array.from({ length: 400 }, (_, index) => (index * index * 7) >>> 3);
const one = gzipSync(text, { mtime: 0, filename: "name.tar" });
const several = concatBytes([one, gzipSync(noise, { mtime: 0, level: 0 }), gzipSync(new Uint8Array(0)), one]);
const SEEDS = [one, several, concatBytes([one, new Uint8Array(20)])];

const chunksOf = (bytes: Uint8Array) => readChunks(memoryFile("a.gz", bytes, 1 << 16), () => undefined);

/** Counts what comes out, and keeps the first `kept` bytes of it. */
async function unpacked(chunks: AsyncIterable<Uint8Array>, kept: number): Promise<{ count: number; bytes: Uint8Array }> {
  const parts: Uint8Array[] = [];
  let count = 0;
  for await (const chunk of chunks) {
    if (count < kept) parts.push(chunk.slice(0, kept - count));
    count += chunk.length;
  }
  return { count, bytes: concatBytes(parts) };
}

/** Both decompressors, as the importer takes them: what the platform's accepts, the other one gives as well. */
async function unpackBoth(bytes: Uint8Array): Promise<void> {
  const kept = 100_000;
  const fast = await unpacked(gunzip(chunksOf(bytes)), kept).catch((error: unknown) => {
    if (error instanceof DecompressorRefused) return null;
    throw error;
  });
  const slow = await unpacked(gunzipMembers(chunksOf(bytes), "a.gz"), kept).catch((error: unknown) => {
    hold(fast === null, "that both decompressors accept it");
    throw error;
  });
  if (fast !== null)
    hold(fast.count === slow.count && equal(fast.bytes, slow.bytes), "that both decompressors give the same bytes");
}

/** The slower decompressor alone; what it accepts, zlib unpacks to the same where it accepts it too. */
async function unpackMembers(bytes: Uint8Array): Promise<void> {
  const { bytes: ours } = await unpacked(gunzipMembers(chunksOf(bytes), "a.gz"), Number.POSITIVE_INFINITY);
  const theirs = zlibOrNull(bytes);
  if (theirs !== null) hold(equal(ours, theirs), "that zlib gives the same bytes");
}

function zlibOrNull(bytes: Uint8Array): Uint8Array | null {
  try {
    return zlibGunzip(bytes);
  } catch {
    return null;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const both =
  (bytes: Uint8Array): Attempt =>
  () =>
    unpackBoth(bytes);
const empty = gzipSync(new Uint8Array(0), { mtime: 0 });

export const gzipTarget: Target = {
  name: "gzip",
  mutant: (draws) => {
    const mutant = mutateBytes(draws.pick(SEEDS), draws);
    return draws.chance(0.5) ? both(mutant) : () => unpackMembers(mutant);
  },
  bombs: {
    "30 kB of 30 MB": () => both(gzipSync(new Uint8Array(30_000_000), { level: 9 })),
    "5,000 empty members": () => both(concatBytes(new Array(5_000).fill(empty))),
    "5,000 empty members and something else": () => both(concatBytes([...new Array(5_000).fill(empty), noise])),
    "a name of 1 MB without an end": () => both(concatBytes([one.subarray(0, 10), new Uint8Array(1_000_000).fill(97)])),
    "an extra field of 64 KiB that is not there": () => both(Uint8Array.of(31, 139, 8, 4, 0, 0, 0, 0, 0, 3, 255, 255)),
    "a header and nothing else": () => both(one.subarray(0, 10)),
  },
};
