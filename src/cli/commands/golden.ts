import { basename } from "node:path";
import { ConfigError } from "../../base/errors";
import { parseFixture } from "../../model/golden";
import type { Command, Invocation } from "../command";
import { worstDifferences } from "../differences";
import { readJson } from "../files";
import { openDeviceHere } from "../gpu";

export const goldenCommand: Command = {
  name: "golden",
  synopsis: "FIXTURE",
  summary: "build a fixture's problem, run it on the GPU and print what the engine gets, in the keys of its `expect`",
  notes: [
    "FIXTURE          JSON of a golden problem; without --json the worst difference of each key from its `expect` is shown",
  ],
  options: {},
  positionals: [1, 1],
  async run({ positionals, progress }: Invocation) {
    const [file = ""] = positionals;
    const given = await readJson(file);
    const fixture = fixtureOf(file, given);
    const device = await openDeviceHere(progress);
    const { runGolden } = await import("../../train/golden-run");
    const result = await runGolden(device.device, fixture);
    device.close();
    const lines = worstDifferences(given, result).map(({ key, difference }) => `  ${key}: ${difference}`);
    return {
      json: result,
      text: [`${basename(file)}, largest difference from what it expects, relative to the largest value`, ...lines].join("\n"),
    };
  },
};

function fixtureOf(file: string, value: unknown) {
  try {
    return parseFixture(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${file}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}
