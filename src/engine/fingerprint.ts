import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../base/bytes";
import type { Config } from "../model/config";

/** SHA-256 (hex) of a configuration, whatever the order of its keys. */
export function configFingerprint(config: Config): string {
  return toHex(sha256(new TextEncoder().encode(JSON.stringify(withoutDefaults(config), sorted))));
}

/** Checkpoints from before there was a choice must stay those of their runs: what has been added since is told only where it is used. */
function withoutDefaults({ precision, fixedGroups, ...others }: Config): unknown {
  return {
    ...others,
    ...(precision !== "f32" && { precision }),
    ...(fixedGroups !== null && { fixedGroups }),
  };
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
