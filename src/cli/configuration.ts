import { ConfigError } from "../base/errors";
import { type Config, parseConfig } from "../model/config";
import { asPublished } from "../model/fidelity";
import { isPresetName, PRESET_NAMES, presetConfig } from "../model/presets";
import { readJson } from "./files";
import { choice, type OptionValues, optionalText, UsageError } from "./values";

/** The options `--preset`, `--config` and `--published` of every command that needs a configuration. */
export const CONFIGURATION_OPTIONS = {
  preset: { type: "string" },
  config: { type: "string" },
  published: { type: "boolean" },
} as const;

export const CONFIGURATION_NOTES = [
  `--preset NAME    one of ${PRESET_NAMES.join(", ")}`,
  "--config FILE    JSON of a whole configuration, or of the fields that differ from the preset",
  "--published      with every recorded quirk of the published code: fidelity published, blockOrder post-activation",
];

/** The preset with the file laid over it, and the published quirks over both, validated. Without --preset the file's own is the base. */
export async function readConfiguration(values: OptionValues): Promise<Config> {
  const config = await chosenConfiguration(values);
  return values.published === true ? asPublished(config) : config;
}

async function chosenConfiguration(values: OptionValues): Promise<Config> {
  const preset = choice(values, "preset", PRESET_NAMES);
  const file = optionalText(values, "config");
  if (file === undefined) {
    if (preset === undefined) throw new UsageError("--preset NAME or --config FILE is missing");
    return presetConfig(preset);
  }
  const changes = await readJson(file);
  try {
    return layOver(preset, changes);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${file}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}

function layOver(preset: string | undefined, changes: unknown): Config {
  if (!isRecord(changes)) throw new ConfigError("expected a JSON object", "Write { ... } with the fields of a configuration.");
  const base = preset ?? changes.preset;
  if (typeof base !== "string" || !isPresetName(base)) return parseConfig(changes);
  return parseConfig(merged(presetConfig(base), changes));
}

/** Objects are merged field by field; everything else, lists included, is replaced. */
export function merged(base: unknown, changes: unknown): unknown {
  if (!isRecord(base) || !isRecord(changes)) return changes;
  const names = [...new Set([...Object.keys(base), ...Object.keys(changes)])];
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(changes, name) ? merged(base[name], changes[name]) : base[name]]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
