import { ConfigError } from "../base/errors";
import { isJsonObject } from "../base/json";
import { type Config, parseConfig } from "./config";
import { isPresetName, presetConfig } from "./presets";

/**
 * The preset with changes laid over it, validated; without a preset the changes' own `preset` is the base, and where that names none they are a
 * whole configuration. Throws ConfigError that names the fields at fault.
 */
export function changedConfig(preset: string | undefined, changes: unknown): Config {
  if (!isJsonObject(changes))
    throw new ConfigError("expected a JSON object", "Write { ... } with the fields of a configuration.");
  const base = preset ?? changes.preset;
  if (typeof base !== "string" || !isPresetName(base)) return parseConfig(changes);
  return parseConfig(merged(presetConfig(base), changes));
}

/** Objects are merged field by field; everything else, lists included, is replaced. */
export function merged(base: unknown, changes: unknown): unknown {
  if (!isJsonObject(base) || !isJsonObject(changes)) return changes;
  const names = [...new Set([...Object.keys(base), ...Object.keys(changes)])];
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(changes, name) ? merged(base[name], changes[name]) : base[name]]),
  );
}
