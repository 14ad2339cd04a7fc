import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder this program was installed to: the nearest one above this file that holds its package.json. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Version in package.json, "unknown" when it cannot be read. */
export function packageVersion(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
    if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  } catch {
    // Falls through: a missing version must not stop the program.
  }
  return "unknown";
}
