import { unzipSync } from "fflate";
import { CheckpointError } from "../base/errors";

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return ZIP_BEGINS.every((byte, index) => bytes[index] === byte);
}

const ZIP_BEGINS = new TextEncoder().encode("PK");

/** Names of all members of a zip, without reading them. Throws what the reader throws where it is none. */
export function namesIn(bytes: Uint8Array): readonly string[] {
  const names: string[] = [];
  unzipSync(bytes, {
    filter: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  return names;
}

/**
 * The members of a zip that are wanted, by name. Only stored ones: their size is that of their bytes, so that no file can claim to be more than it is.
 * Throws CheckpointError where one is compressed, there twice, or the archive is damaged.
 */
export function storedMembers(bytes: Uint8Array, wanted: (name: string) => boolean): ReadonlyMap<string, Uint8Array> {
  const seen = new Set<string>();
  try {
    const members = unzipSync(bytes, {
      filter: ({ name, compression, originalSize, size }) => {
        if (!wanted(name)) return false;
        if (seen.has(name)) throw unfit(`it has two members named ${name.slice(0, 80)}`);
        seen.add(name);
        if (compression !== 0 || originalSize !== size) throw unfit(`${name.slice(0, 80)} is compressed`);
        return true;
      },
    });
    return new Map(Object.entries(members));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError("the file is no zip archive, or it is cut off", CURE, { cause });
  }
}

const CURE = "Unpack it with another program, and choose its files together.";

function unfit(cause: string): CheckpointError {
  return new CheckpointError(`the zip cannot be read: ${cause}`, CURE);
}
