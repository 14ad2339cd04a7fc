import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { toHex } from "../base/bytes";
import type { Config } from "./config";

/** SHA-256 (hex) of a configuration, whatever the order of its keys. */
export function configFingerprint(config: Config): string {
  return toHex(sha256(utf8ToBytes(JSON.stringify(withoutDefaults(config), sorted))));
}

/** Checkpoints from before there was a choice must stay those of their runs: what has been added since is told only where it is used. */
function withoutDefaults({ precision, fixedGroups, group, ...others }: Config): unknown {
  const { warmupSteps, assignmentStart, confusionImages, startBias, ...first } = group;
  const start = { warmupSteps, assignmentStart, confusionImages, startBias };
  return {
    ...others,
    group: isFirstStart(start) ? first : group,
    ...(precision !== "f32" && { precision }),
    ...(fixedGroups !== null && { fixedGroups }),
  };
}

type Start = Pick<Config["group"], "warmupSteps" | "assignmentStart" | "confusionImages" | "startBias">;

/** The start that there was before there was a choice. */
function isFirstStart({ warmupSteps, assignmentStart, confusionImages, startBias }: Start): boolean {
  return warmupSteps === 0 && assignmentStart === "random" && confusionImages === 400 && startBias === 0.5;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
