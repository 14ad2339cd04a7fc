import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What an independent reader keeps of an event file. */
export interface ReadEvents {
  readonly version: string;
  /** Step and wall time of every resume, in the order of the file. */
  readonly starts: readonly (readonly [number, number])[];
  /** Values that a resume made void. */
  readonly purged: number;
  /** Step, wall time in seconds and value of every point, by tag. */
  readonly scalars: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
}

/** Any Python will do. */
export const PYTHON = process.env.SPLITNET_PYTHON ?? "/usr/bin/python3";
const READER = fileURLToPath(new URL("../python/read_events.py", import.meta.url));

/** Reads an event file in a Python process; throws what that says of a damaged one. */
export function readEvents(bytes: Uint8Array): ReadEvents {
  const folder = mkdtempSync(join(tmpdir(), "splitnet-events-"));
  try {
    const file = join(folder, "events");
    writeFileSync(file, bytes);
    const { error, status, stdout, stderr } = spawnSync(PYTHON, [READER, file], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (error !== undefined)
      throw new Error(
        `${PYTHON} cannot be started (${error.message}): install Debian's package python3, or name one in SPLITNET_PYTHON`,
      );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
