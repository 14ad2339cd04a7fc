import { gzipSync } from "fflate";
import { concatBytes } from "../../../src/base/bytes";
import { importDataset } from "../../../src/data/import";
import { sampleDataset } from "../../../src/data/sample";
import type { SourceFile } from "../../../src/data/source";
import { inspect } from "../../../src/data/summary";
import { writeTar } from "../../../src/data/tar-writer";
import { memoryFile } from "../../../src/data/testing";
import { binaryFiles } from "../../../src/data/write-archive";
import type { DatasetStore } from "../../../src/storage/stores";
import { DataLibrary } from "../../../src/worker/data-library";
import { pythonFiles } from "../../support/python-archive";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { hold, type Target } from "../target";
import { resealed, tarMember } from "./tar";

const { dataset } = sampleDataset({ classes: 4, superclasses: 2, train: 4, test: 2, seed: 5 });
const LAYOUTS = [binaryFiles(dataset), pythonFiles(dataset)];
const TARS = LAYOUTS.map((files) => writeTar(files.map(({ path, bytes }) => ({ path: `cifar-100/${path}`, bytes }))));

/** The one data set of a store, in memory, that counts its changes. */
class CountingStore implements DatasetStore {
  changes = 0;
  #stored: { readonly summary: unknown; readonly bytes: Uint8Array } | null = null;

  async summary(): Promise<unknown> {
    return this.#stored?.summary ?? null;
  }
  async write(summary: unknown, bytes: Uint8Array): Promise<void> {
    this.changes++;
    this.#stored = { summary: JSON.parse(JSON.stringify(summary)), bytes };
  }
  async read(): Promise<Uint8Array> {
    return this.#stored?.bytes ?? new Uint8Array(0);
  }
  async byteLength(): Promise<number> {
    return this.#stored?.bytes.length ?? 0;
  }
  async remove(): Promise<void> {
    this.changes++;
    this.#stored = null;
  }
}

/** Imports over a stored data set: a refusal changes nothing, and what is accepted comes back from the store as it was read. */
async function importOver(files: readonly SourceFile[]): Promise<void> {
  const store = new CountingStore();
  const library = new DataLibrary(store);
  const never = new AbortController().signal;
  await library.importFiles([memoryFile("a.tar", TARS[0]!)], () => undefined, never);
  try {
    await library.importFiles(files, () => undefined, never);
  } catch (error) {
    hold(store.changes === 1, "that a refused import leaves the store alone");
    const kept = await library.load();
    hold(JSON.stringify(inspect(kept.dataset)) === JSON.stringify(inspect(dataset)), "that the loaded data set is kept");
    throw error;
  }
  const { dataset: imported } = await importDataset(files, () => undefined);
  const stored = (await new DataLibrary(store).load()).dataset;
  hold(JSON.stringify(inspect(stored)) === JSON.stringify(inspect(imported)), "that the store gives back what was read");
}

const archive = (bytes: Uint8Array) => () => importOver([memoryFile("a.tar.gz", bytes, 1 << 16)]);
const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: 1, mtime: 0 });

/** A tar with wrong bytes somewhere, packed or not, or a packed one with wrong bytes. */
function archiveMutant(draws: Draws): Uint8Array {
  const tar = draws.pick(TARS);
  if (draws.chance(0.2)) return mutateBytes(gzip(tar), draws);
  const mutant = resealed(mutateBytes(tar, draws));
  return draws.chance(0.5) ? gzip(mutant) : mutant;
}

/** Loose files: one of them with wrong bytes, another name, missing or there twice. */
function looseMutant(draws: Draws): SourceFile[] {
  const files = draws.pick(LAYOUTS).map(({ path, bytes }) => memoryFile(path, bytes));
  const at = draws.below(files.length);
  const { path, bytes } = draws.pick(draws.pick(LAYOUTS));
  const mutant = memoryFile(draws.chance(0.9) ? path : `../${path}`, mutateBytes(bytes, draws));
  return files.toSpliced(at, draws.below(2), mutant);
}

/** A member that claims `size` bytes and has `bytes`; in a gzip file nobody knows better. */
function claiming(path: string, size: number, bytes: Uint8Array): Uint8Array {
  const member = tarMember("0", path, bytes);
  member.set(new TextEncoder().encode(size.toString(8).padStart(11, "0")), 124);
  return resealed(member);
}

const zeros = (count: number) => new Uint8Array(count);
const labels = LAYOUTS[0]![2]!.bytes;

export const archiveTarget: Target = {
  name: "archive",
  mutant: (draws) => archive(archiveMutant(draws)),
  bombs: {
    "records that claim 300 MB in a file of 300 kB": () =>
      archive(gzipSync(concatBytes([claiming("train.bin", 97_600 * 3074, zeros(1000)), noise(300_000)]), { level: 0 })),
    "a pickle that claims 300 MB in a file of 300 kB": () =>
      archive(gzipSync(concatBytes([claiming("train", 300_000_000, zeros(1000)), noise(300_000)]), { level: 0 })),
    "label names that claim 1 GiB": () => archive(gzip(claiming("fine_label_names.txt", 2 ** 30, labels))),
    "30 MB of zeros after the end": () => archive(gzip(concatBytes([TARS[0]!, zeros(30_000_000)]))),
    "30 MB in a member that is ignored": () =>
      archive(gzip(concatBytes([claiming("other", 30_000_000, zeros(30_000_000)), TARS[0]!]))),
    "ignored members with names of 1 MiB": () => {
      const long = tarMember("L", "long", zeros(2 ** 20).fill(97));
      return archive(gzip(concatBytes(new Array(6).fill(concatBytes([long, tarMember("0", "a", labels)])))));
    },
    "a gzip file in a gzip file": () => archive(gzip(gzip(TARS[0]!))),
    "a file of nothing": () => archive(zeros(0)),
    "a block of zeros": () => archive(zeros(512)),
  },
};

export const looseTarget: Target = {
  name: "loose files",
  mutant: (draws) => {
    const files = looseMutant(draws);
    return () => importOver(files);
  },
  bombs: {
    "a name of 1 MB": () => () => importOver([memoryFile("x".repeat(1_000_000), labels)]),
    "a file that claims 1 TiB": () => () => importOver([{ ...memoryFile("train.bin", labels), size: 3074 * 2 ** 28 }]),
    "records that claim 900 MB": () => () => importOver([{ ...memoryFile("train.bin", labels), size: 3074 * 300_000 }]),
    "1 MiB of blank lines before a label": () => () => importOver([memoryFile("fine_label_names.txt", blankLines(2 ** 20))]),
  },
};

function blankLines(count: number): Uint8Array {
  const bytes = zeros(count).fill(10);
  bytes[count - 1] = 97;
  return bytes;
}

/** Bytes that deflate cannot shorten much. */
function noise(count: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}
