import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../base/bytes";
import type { Config } from "../model/config";

/** SHA-256 (hex) of a configuration, whatever the order of its keys. */
export function configFingerprint({ precision, ...others }: Config): string {
  // Checkpoints from before there was a choice of precision must stay those of their runs.
  const config = precision === "f32" ? others : { ...others, precision };
  return toHex(sha256(new TextEncoder().encode(JSON.stringify(config, sorted))));
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
