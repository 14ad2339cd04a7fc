import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../model/config";
import { presetConfig } from "../model/presets";
import { runHere } from "./testing";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-cli-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function configFile(value: unknown): Promise<string> {
  const path = join(folder, "config.json");
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

test.each([
  [[], /no command/],
  [["conquer"], /no command named conquer/],
  [["model"], /--preset NAME or --config FILE is missing/],
  [["run", "--out", "folder", "--published"], /--preset NAME or --config FILE is missing/],
  [["model", "--preset", "huge"], /choose one of paper, published, half, quick, tiny/],
  [["model", "--preset"], /preset/],
  [["model", "--preset", "tiny", "--depth", "10"], /--depth/],
  [["model", "--preset", "tiny", "surplus"], /surplus: not expected/],
  [["model", "--preset", "tiny", "--classes", "1e2"], /whole number/],
  [["model", "--preset", "tiny", "--classes", "0"], /at least 1/],
  [["download"], /--out is missing/],
  [["download", "--out", "x", "--md5", "abc"], /--md5 takes/],
  [["help", "conquer"], /no command named conquer/],
])("wrong usage %j exits 2 with a line and the usage on standard error", async (args, message) => {
  const { code, out, err } = await runHere(...args);
  expect(code).toBe(2);
  expect(out).toBe("");
  const [line, usage] = err.split("\n");
  expect(line).toMatch(/^splitnet: /);
  expect(line).toMatch(message);
  expect(usage).toMatch(/^usage: splitnet/);
});

test("help and version come on standard output", async () => {
  expect((await runHere("--help")).out).toMatch(/usage: splitnet COMMAND[\s\S]*download[\s\S]*golden/);
  expect((await runHere("help", "model")).out).toMatch(/--config FILE/);
  expect((await runHere("model", "--help")).out).toBe((await runHere("help", "model")).out);
  expect(await runHere("--version")).toEqual({ code: 0, out: "0.1.0\n", err: "" });
  expect(JSON.parse((await runHere("--version", "--json")).out)).toEqual({ version: "0.1.0" });
  expect(JSON.parse((await runHere("help", "--json")).out).commands[0].name).toBe("download");
});

test("WRN-16-8 and its even 2-2-2 split have the published counts", async () => {
  const { code, out, err } = await runHere("model", "--preset", "paper", "--json");
  const report = JSON.parse(out);
  expect([code, err]).toEqual([0, ""]);
  expect([report.parameters, report.flops]).toEqual([10_999_908, 3_095_498_952]);
  expect([report.split.parameters, report.split.flops]).toEqual([5_731_428, 2_021_705_928]);
  expect(parseConfig(report.config)).toEqual(presetConfig("paper"));
});

test("the readable model report shows the same counts", async () => {
  const { out } = await runHere("model", "--preset", "paper");
  expect(out).toMatch(/10,999,908 parameters, 3,095,498,952 FLOPs/);
  expect(out).toMatch(/5,731,428 parameters \(47\.9% less\), 2,021,705,928 FLOPs \(34\.7% less\)/);
});

test("a partial configuration is laid over the preset, lists whole", async () => {
  const file = await configFile({ grouping: "1-2-2", group: { steps: 7, learningRateDrops: [] } });
  const { out } = await runHere("model", "--preset", "paper", "--config", file, "--json");
  const { config, split } = JSON.parse(out);
  const paper = presetConfig("paper");
  expect(config).toEqual({ ...paper, grouping: "1-2-2", group: { ...paper.group, steps: 7, learningRateDrops: [] } });
  expect([split.parameters, split.flops]).toEqual([6_780_004, 2_558_576_840]);
});

test("half precision is a field of the configuration and halves the memory of activations", async () => {
  const file = await configFile({ precision: "f16" });
  const report = async (...more: string[]) => JSON.parse((await runHere("model", "--preset", "tiny", ...more, "--json")).out);
  const [full, half] = [await report(), await report("--config", file)];
  expect([full.config.precision, half.config.precision]).toEqual(["f32", "f16"]);
  expect(half.memory).toMatchObject({
    activationBytes: full.memory.activationBytes / 2,
    parameterBytes: full.memory.parameterBytes,
  });
});

test("the published code's ways are one choice, over any preset and file, and the published preset is the paper's with them", async () => {
  const configOf = async (...more: string[]) => JSON.parse((await runHere("model", ...more, "--json")).out).config;
  const file = await configFile({ seed: 4, blockOrder: "pre-activation", fidelity: "sound" });
  const ways = { fidelity: "published", blockOrder: "post-activation" };
  expect(await configOf("--preset", "tiny", "--published")).toEqual({ ...presetConfig("tiny"), ...ways });
  expect(await configOf("--preset", "tiny", "--config", file, "--published")).toEqual({
    ...presetConfig("tiny"),
    ...ways,
    seed: 4,
  });
  expect(await configOf("--preset", "published")).toEqual({ ...presetConfig("paper"), ...ways, preset: "published" });
});

test("a file alone is a whole configuration, or changes to the preset it names", async () => {
  const named = await configFile({ preset: "half", seed: 5 });
  expect(JSON.parse((await runHere("model", "--config", named, "--json")).out).config).toEqual({
    ...presetConfig("half"),
    seed: 5,
  });
  const own = { ...presetConfig("tiny"), preset: "my own" };
  const whole = await configFile(own);
  expect(JSON.parse((await runHere("model", "--config", whole, "--json")).out).config).toEqual(own);
});

test.each([
  ["more groups than channels", { grouping: "2-64-64" }, /grouping: 64 groups for stage 3/],
  ["fewer groups deeper", { grouping: "4-2-2" }, /fewer groups deeper/],
  ["zero steps", { group: { steps: 0 } }, /group\.steps/],
  ["an unknown field", { stepz: 1 }, /stepz/],
  ["a field of another type", { model: [1] }, /model/],
  ["a list", [1], /JSON object/],
  ["no JSON", '{"seed": ', /not JSON/],
])("a configuration with %s exits 1 and names file, field and cure", async (_, value, message) => {
  const file = await configFile(value);
  const { code, out, err } = await runHere("model", "--preset", "tiny", "--config", file);
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err.trimEnd().split("\n").length).toBe(1);
  expect(err).toContain(`splitnet: ${file}: `);
  expect(err).toMatch(message);
  expect(err).toMatch(/\. [A-Z`][\s\S]*\.\n$/);
});

test("a configuration that does not exist, or is a folder, exits 1", async () => {
  expect((await runHere("model", "--config", join(folder, "none.json"))).err).toMatch(
    /none\.json: there is no such file or folder\. Check/,
  );
  const { code, err } = await runHere("model", "--config", folder);
  expect(code).toBe(1);
  expect(err).toMatch(/is a folder, not a file/);
});

test("more groups than classes is refused by name", async () => {
  const file = await configFile({ grouping: "2-4-8" });
  const { code, err } = await runHere("model", "--preset", "tiny", "--config", file, "--classes", "5");
  expect(code).toBe(1);
  expect(err).toMatch(/8 groups for classes, which has only 5 members/);
});
