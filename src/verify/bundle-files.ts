import { sha256 } from "@noble/hashes/sha2.js";
import { unzipSync } from "fflate";
import { toHex } from "../base/bytes";
import { CheckpointError } from "../base/errors";

/** Files of a bundle, in its order; each is read when it is needed, so that no more of them are in memory. */
export interface BundleFiles {
  readonly names: readonly string[];
  /** Throws CheckpointError where there is no file of that name. */
  read(name: string): Promise<Uint8Array>;
}

const SUMS = "SHA256SUMS";
export const CURE = "Export the model again.";

/** Files of which all are in memory, or are made by who asks for them. */
export function bundleFilesOf<Source>(
  sources: ReadonlyMap<string, Source>,
  bytesOf: (source: Source) => Uint8Array | Promise<Uint8Array>,
): BundleFiles {
  return {
    names: [...sources.keys()],
    read: async (name) => {
      const source = sources.get(name);
      if (source === undefined) throw new CheckpointError(`the file is not an exported bundle: it lacks ${name}`, CURE);
      return bytesOf(source);
    },
  };
}

/** The files of an exported zip. Only stored members are read: their size is that of their bytes. */
export function unzipped(bundle: Uint8Array): BundleFiles {
  try {
    const files = unzipSync(bundle, {
      filter: ({ compression, originalSize, size }) => compression === 0 && originalSize === size,
    });
    return bundleFilesOf(new Map(Object.entries(files)), (bytes) => bytes);
  } catch (cause) {
    throw new CheckpointError("the file is not an exported bundle: it is no zip archive, or it is cut off", CURE, { cause });
  }
}

/** Number of files whose checksum is right: all, or it throws. */
export async function checkSums(files: BundleFiles): Promise<number> {
  const lines = new TextDecoder()
    .decode(await files.read(SUMS))
    .trimEnd()
    .split("\n");
  for (const line of lines) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sum === undefined || name === undefined) throw new CheckpointError(`${SUMS}: a line is no checksum`, CURE);
    if (toHex(sha256(await files.read(name))) !== sum)
      throw new CheckpointError(`${name} is damaged: its checksum is another`, CURE);
  }
  return lines.length;
}
