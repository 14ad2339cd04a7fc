import * as ort from "onnxruntime-web";
import { expect, test } from "vitest";
import { filled } from "../src/base/tensor";
import { modelFiles } from "../src/export/bundle";
import type { ExportInput } from "../src/export/export-input";
import { onnxModel } from "../src/export/onnx";
import { type ExampleOptions, exampleNetwork } from "../src/export/testing";
import { tritonFiles } from "../src/export/triton";
import { textFile } from "../src/export/zip";
import { networkParts } from "../src/splitnet/parts";
import { splitTree } from "../src/splitnet/savings";
import { logitsOf, noise } from "./support/serving-bundle";
import { parseTextFormat } from "./support/text-format";
import { readRepository, runEnsemble } from "./support/triton-repository";
import { checkedModelConfig } from "./support/triton-schema";
import { exampleInput } from "./support/unpacked-bundle";

const TREES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4, whose branches divide": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7 },
  "a 1-1-4, which hands over pooled channels": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 1-2-4 of three levels": { grouping: "1-2-4", blockOrder: "post-activation", sizes: "uneven", classes: 9 },
};

function repository(options: ExampleOptions, gpus: number) {
  const { dense, plan, network } = exampleNetwork(options);
  const root = networkParts(plan, splitTree(dense, plan), network);
  return { network, files: tritonFiles(root, { gpus }) };
}

test.each(Object.keys(TREES))(
  "the ensemble of %s, run by its configurations alone, gives the logits of the whole",
  async (name) => {
    const { network, files } = repository(TREES[name]!, 4);
    const models = await readRepository(files);
    const images = noise(3);
    const { logits } = await runEnsemble(models, "splitnet", { image: new ort.Tensor("float32", images.data, images.shape) });
    const whole = await logitsOf(onnxModel(network), images);
    expect(logits!.dims).toEqual(whole.shape);
    const largest = Math.max(...whole.data.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    // The same sums in the same order, but for where blocks lie in memory.
    whole.data.forEach((value, index) => {
      expect(Math.abs(Number(logits!.data[index]) - value) / largest, `logit ${index}`).toBeLessThan(1e-5);
    });
  },
);

test.each(Object.keys(TREES))("the repository of %s is what the server takes", async (name) => {
  const models = await readRepository(repository(TREES[name]!, 4).files);
  for (const [folder, { config, files }] of models) {
    expect(config.name).toBe(folder);
    expect(config.max_batch_size, "an ensemble takes no more than each of its models").toBe(256);
    if (folder === "splitnet") {
      expect(Object.keys(config).sort()).toEqual([
        "ensemble_scheduling",
        "input",
        "max_batch_size",
        "name",
        "output",
        "platform",
      ]);
      expect(config.platform).toBe("ensemble");
    } else {
      expect(config.backend).toBe("onnxruntime");
      expect([...files.keys()]).toEqual(["model.onnx"]);
      expect(config.instance_group).toHaveLength(1);
    }
    expect(files.size, "the folder of version 1 exists").toBe(1);
  }
});

/** Where each model runs: "gpu 1", or "cpu". */
async function places(options: ExampleOptions, gpus: number): Promise<Record<string, string>> {
  const models = await readRepository(repository(options, gpus).files);
  const entries = [...models].flatMap(([name, { config }]) => {
    const [group] = Array.isArray(config.instance_group) ? config.instance_group : [];
    if (group === undefined) return [];
    return [[name.replace("splitnet_", ""), group.kind === "KIND_GPU" && group.count === 1 ? `gpu ${group.gpus}` : "cpu"]];
  });
  return Object.fromEntries(entries);
}

test("each leaf has a GPU of its own where there are enough, with the way to it; neighbours share where there are not", async () => {
  const tree = TREES["an uneven 2-4-4, whose branches divide"]!;
  const [first, second] = [{ trunk: "gpu 0", branch_1: "gpu 0", branch_1_1: "gpu 0" }, { merge: "cpu" }];
  const others = { branch_1_2: "gpu 1", branch_2: "gpu 2", branch_2_1: "gpu 2", branch_2_2: "gpu 3" };
  expect(await places(tree, 4)).toEqual({ ...first, ...others, ...second });
  expect(await places(tree, 8)).toEqual({ ...first, ...others, ...second });
  expect(await places(tree, 2)).toMatchObject({ branch_1: "gpu 0", branch_1_2: "gpu 0", branch_2: "gpu 1", branch_2_2: "gpu 1" });
  expect(new Set(Object.values(await places(tree, 1)))).toEqual(new Set(["gpu 0", "cpu"]));
  expect(new Set(Object.values(await places(tree, 0)))).toEqual(new Set(["cpu"]));
});

test("a bundle is for as many GPUs as are asked for, and for one a leaf where nobody asks", async () => {
  // What it is checked with does not matter here.
  const check = { images: noise(1), logits: filled([1, 7], 0) };
  const input = exampleInput(exampleNetwork(TREES["a 3-3-3"]!), "3-3-3", check);
  const gpus = async (options: Pick<ExportInput, "gpus">) => {
    const models = await readRepository(modelFiles({ ...input, ...options }).filter(({ name }) => name.startsWith("triton/")));
    const groups = [...models.values()].flatMap(({ config }) =>
      Array.isArray(config.instance_group) ? config.instance_group : [],
    );
    return [...new Set(groups.flatMap(({ gpus }) => gpus ?? []))];
  };
  expect(await gpus({})).toEqual([0, 1, 2]);
  expect(await gpus({ gpus: 2 })).toEqual([0, 1]);
  expect(await gpus({ gpus: 0 })).toEqual([]);
});

const CONFIG =
  'name: "m"\nbackend: "onnxruntime"\nmax_batch_size: 8\ninstance_group [ { kind: KIND_GPU count: 1 gpus: [ 0 ] } ]\n';

test.each([
  ["an unknown field", `${CONFIG}versions: 1`, /ModelConfig: no field versions/],
  ["an unknown field deep below", CONFIG.replace("gpus", "gpu"), /ModelInstanceGroup: no field gpu/],
  ["another enumeration's value", CONFIG.replace("KIND_GPU", "TYPE_FP32"), /kind: TYPE_FP32 is no Kind/],
  ["an enumeration as text", CONFIG.replace("KIND_GPU", '"KIND_GPU"'), /is no Kind/],
  ["a number as text", CONFIG.replace("8", '"8"'), /max_batch_size: 8 is no int32/],
  ["a number too large", CONFIG.replace("8", "2147483648"), /is no int32/],
  ["a fraction", CONFIG.replace("8", "8.5"), /is no int32/],
  ["a field twice", `${CONFIG}name: "n"`, /ModelConfig.name: 2 values/],
  ["two ways to schedule", `${CONFIG}dynamic_batching { }\nensemble_scheduling { }`, /exclude each other/],
  ["a value without a colon", CONFIG.replace("name:", "name"), /expected : or {/],
  ["an open message", CONFIG.replace("} ]", "]"), /expected/],
  ["an open string", CONFIG.replace('"m"', '"m'), /expected a token/],
])("the check refuses a configuration with %s", (_, text, message) => {
  expect(checkedModelConfig(parseTextFormat(CONFIG))).toMatchObject({ name: "m", instance_group: [{ gpus: [0] }] });
  expect(() => checkedModelConfig(parseTextFormat(text))).toThrow(message);
});

test.each([
  [
    "a map to a name that nothing gives",
    'input_map { key: "to_branch_1" value: "to_branch_1" }',
    'input_map { key: "to_branch_1" value: "to_branch_3" }',
    /never due/,
  ],
  [
    "branches that change places",
    'output_map { key: "to_branch_1" value: "to_branch_1" }',
    'output_map { key: "to_branch_1" value: "to_branch_2" }',
    /given twice|never due/,
  ],
  ["a model that is not there", '"splitnet_branch_1"', '"splitnet_branch_9"', /no model splitnet_branch_9/],
  ["an input that is not mapped", 'input_map { key: "logits_branch_1" value: "logits_branch_1" }', "", /maps logits_branch_2/],
])("an ensemble with %s is found out", async (_, from, to, message) => {
  const { files } = repository(TREES["an even 2-2-2"]!, 2);
  const broken = await Promise.all(
    files.map(async (file) => {
      if (file.name !== "triton/splitnet/config.pbtxt") return file;
      const text = new TextDecoder().decode(await file.make());
      expect(text).toContain(from);
      return textFile(file.name, () => text.replace(from, to));
    }),
  );
  const images = noise(1);
  const models = await readRepository(broken);
  await expect(runEnsemble(models, "splitnet", { image: new ort.Tensor("float32", images.data, images.shape) })).rejects.toThrow(
    message,
  );
});
