import { ConfigError } from "../base/errors";
import type { Config } from "../model/config";
import { changedConfig } from "../model/config-changes";
import { asPublished } from "../model/fidelity";
import { PRESET_NAMES, presetConfig } from "../model/presets";
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
    return changedConfig(preset, changes);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${file}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}
