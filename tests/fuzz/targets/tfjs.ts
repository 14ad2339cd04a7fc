import { exampleNetwork } from "../../../src/export/testing";
import { TFJS_MODEL, tfjsFiles } from "../../../src/export/tfjs";
import { readTfjs } from "../../../src/export/tfjs-import";
import { networkParts } from "../../../src/splitnet/parts";
import { splitTree } from "../../../src/splitnet/savings";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { type Attempt, hold, type Target } from "../target";
import { jsonMutant, utf8 } from "./run-files";

const { dense, plan, network } = exampleNetwork({
  grouping: "1-1-2",
  blockOrder: "pre-activation",
  sizes: "uneven",
  classes: 5,
});
const tree = splitTree(dense, plan);
const files = new Map(tfjsFiles(networkParts(plan, tree, network)).map(({ name, make }) => [name, bytesOf(make())]));
const model = new TextDecoder().decode(files.get(TFJS_MODEL));

function bytesOf(made: Uint8Array | Promise<Uint8Array>): Uint8Array {
  if (made instanceof Promise) throw new Error("the model is made of what is in memory");
  return made;
}

function read(changed: ReadonlyMap<string, Uint8Array>): Attempt {
  return () => {
    const { parameters, statistics } = readTfjs(changed, plan, tree);
    hold([...parameters.keys()].join() === [...network.parameters.keys()].join(), "that every parameter is there");
    hold(statistics.size === network.statistics.size, "that all statistics are there");
  };
}

/** model.json, or one of the others, changed. */
function mutant(draws: Draws): Attempt {
  const names = [...files.keys()];
  const name = draws.chance(0.8) ? TFJS_MODEL : draws.pick(names);
  const bytes = files.get(name)!;
  return read(new Map([...files, [name, name === TFJS_MODEL ? jsonMutant(bytes, draws) : mutateBytes(bytes, draws)]]));
}

const withModel = (text: string): Attempt => read(new Map([...files, [TFJS_MODEL, utf8(text)]]));
const DEEP = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
const million = (value: string): string => `[${new Array(1_000_000).fill(value).join()}]`;
const manifest = (text: string): string => model.replace(/"weightsManifest":\[.*\],"user/, `"weightsManifest":${text},"user`);

export const tfjsTarget: Target = {
  name: "TensorFlow.js model",
  mutant,
  bombs: {
    "a million lists in lists": () => withModel(DEEP),
    "a topology of a million lists in lists": () =>
      withModel(model.replace(/"layers":\[.*\],"input_layers"/, `"layers":${DEEP},"input_layers"`)),
    "a shape of a million lists in lists": () =>
      withModel(manifest(`[{"paths":[],"weights":[{"name":"a","shape":${DEEP},"dtype":"float32"}]}]`)),
    "a million groups of weights": () => withModel(manifest(million("0"))),
    "40,000 weights of nothing": () => {
      const weights = Array.from({ length: 40_000 }, (_, index) => `{"name":"${index}","shape":[0],"dtype":"float32"}`);
      return withModel(manifest(`[{"paths":[],"weights":[${weights.join()}]}]`));
    },
    "60,000 wrong weights": () =>
      withModel(manifest(`[{"paths":[],"weights":[${new Array(60_000).fill('{"name":1}').join()}]}]`)),
    "a weight of 2^53 values": () =>
      withModel(manifest('[{"paths":[],"weights":[{"name":"a","shape":[9007199254740991],"dtype":"float32"}]}]')),
    "a weight of infinite size times zero": () => {
      const shape = `[${new Array(100).fill(9007199254740991).join()},0]`;
      return withModel(manifest(`[{"paths":[],"weights":[{"name":"a","shape":${shape},"dtype":"float32"}]}]`));
    },
    "a file of weights named 100,000 times": () =>
      withModel(manifest(`[{"paths":[${new Array(100_000).fill('"group1-shard1of1.bin"').join()}],"weights":[]}]`)),
    "a file of a name of 1 MB": () => withModel(manifest(`[{"paths":["${"n".repeat(1_000_000)}"],"weights":[]}]`)),
    "a dtype of 1 MB": () =>
      withModel(manifest(`[{"paths":[],"weights":[{"name":"a","shape":[],"dtype":"${"f".repeat(1_000_000)}"}]}]`)),
    "a layer of a name of 1 MB": () =>
      withModel(model.replace('"layers":[', `"layers":[{"name":"${"n".repeat(1_000_000)}","class_name":"","config":{}},`)),
    "17 MB of spaces": () => withModel(" ".repeat(17_000_000)),
  },
};
