import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TuningStore } from "../kernels/tuning-store";
import { writeWhole } from "./files";

/** The user's folder for what can be made again. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  switch (process.platform) {
    case "win32":
      return join(LOCALAPPDATA || join(homedir(), "AppData", "Local"), "splitnet-studio");
    case "darwin":
      return join(homedir(), "Library", "Caches", "splitnet-studio");
    default:
      return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "splitnet-studio");
  }
}

/** Remembers how a device's kernels are tuned: a JSON file for every device, in the user's cache folder unless told otherwise. */
export function tuningFolder(folder = cacheFolder()): TuningStore {
  // Keys hold names of devices, which may hold anything.
  const fileOf = (key: string): string =>
    join(folder, `tuning-${createHash("sha256").update(key).digest("hex").slice(0, 16)}.json`);
  return {
    async read(key) {
      const text = await readFile(fileOf(key), "utf8").catch(() => null);
      try {
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    write: (key, value) => writeWhole(fileOf(key), new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)),
  };
}
