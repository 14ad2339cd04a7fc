import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadedModel, madeFiles } from "../../tests/support/tfjs";
import { CheckpointError } from "../base/errors";
import type { NamedTensors } from "../base/tensor";
import { networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import type { NetworkTensors } from "../splitnet/slice";
import { type Example, type ExampleOptions, exampleNetwork } from "./testing";
import { tfjsFiles } from "./tfjs";
import { readTfjs } from "./tfjs-import";

type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 1-1-4": { grouping: "1-1-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};

test.each(Object.keys(CASES))(
  "reading what was written of %s gives every tensor back, bit for bit and in order",
  async (name) => {
    const example = exampleNetwork(CASES[name]!);
    const tensors = read(await exported(example), example);
    expectSame(tensors.parameters, example.network.parameters);
    expectSame(tensors.statistics, example.network.statistics);
  },
);

test.each(Object.keys(CASES))("export, import, export of %s gives the same bytes", async (name) => {
  const example = exampleNetwork(CASES[name]!);
  const first = await exported(example);
  expect(await exported(example, read(first, example))).toEqual(first);
});

test("values that are no numbers keep their bits", async () => {
  const example = exampleNetwork(CASES["an even 2-2-2"]!);
  const bits = Uint32Array.of(0x7fc00001, 0xffc12345, 0x7f800000, 0x80000000);
  const files = new Map(await exported(example));
  files.get("group1-shard1of1.bin")!.set(new Uint8Array(bits.buffer));
  const kernel = read(files, example).parameters.get("init_conv/kernel")!;
  expect(new Uint32Array(kernel.data.buffer, 0, 4)).toEqual(bits);
});

test("what TensorFlow.js loads and saves again is read as well, in other files and another order of keys", async () => {
  const example = exampleNetwork(CASES["an uneven 2-4-4"]!);
  const model = await loadedModel(await exported(example));
  const saved = new Map<string, Uint8Array<ArrayBuffer>>();
  const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
    const half = Math.floor(bytes.length / 2);
    saved.set("a.bin", bytes.slice(0, half)).set("b.bin", bytes.slice(half));
    const weightsManifest = [{ paths: ["a.bin", "b.bin"], weights: weightSpecs }];
    saved.set("model.json", encoded({ weightsManifest, modelTopology }));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  });
  await model.save(handler);
  model.dispose();
  const tensors = read(saved, example);
  expectSame(tensors.parameters, example.network.parameters);
  expectSame(tensors.statistics, example.network.statistics);
});

const EXAMPLE = exampleNetwork(CASES["an uneven 2-4-4"]!);
const FILES = await exported(EXAMPLE);
const SHARD = "group1-shard1of1.bin";

interface Json {
  modelTopology: { config: { layers: Layer[]; input_layers: unknown; output_layers: unknown } };
  weightsManifest: { paths: string[]; weights: Weight[] }[];
}
interface Layer {
  name: unknown;
  class_name: unknown;
  config: Record<string, unknown>;
  inbound_nodes: unknown[][];
}
interface Weight {
  name: unknown;
  shape: unknown;
  dtype: unknown;
  quantization?: unknown;
}

const weights = (json: Json): Weight[] => json.weightsManifest[0]!.weights;
const layer = (json: Json, name: string): Layer => json.modelTopology.config.layers.find((one) => one.name === name)!;
/** Stands for a list in lists, too deep for JSON.stringify. */
const DEEP = "deep";

const FOREIGN: Record<string, { change: (json: Json) => void; message: RegExp }> = {
  "another type of number": {
    change: (json) => (weights(json)[0]!.dtype = "float16"),
    message: /init_conv\/kernel: dtype is "float16"/,
  },
  "a quantised weight": {
    change: (json) => (weights(json)[0]!.quantization = { dtype: "uint8", scale: 1, min: 0 }),
    message: /weight 0: .*quantization/,
  },
  "a name given twice": {
    change: (json) => (weights(json)[1]!.name = "init_conv/kernel"),
    message: /init_conv\/kernel: named twice/,
  },
  "a weight called __proto__": {
    change: (json) => (weights(json)[0]!.name = "__proto__"),
    message: /init_conv\/kernel: missing/,
  },
  "a weight called constructor": {
    change: (json) => weights(json).push({ name: "constructor", shape: [0], dtype: "float32" }),
    message: /constructor: no weight of this network/,
  },
  "a shape turned round": {
    change: (json) => (weights(json)[0]!.shape = [16, 3, 3, 3]),
    message: /init_conv\/kernel: expected shape \[3, 3, 3, 16\]/,
  },
  "a shape larger than its data": {
    change: (json) => (weights(json)[0]!.shape = [3, 3, 3, 17]),
    message: /shard1of1\.bin: \d+ bytes, but .* need \d+/,
  },
  "a shape beyond all bounds": {
    change: (json) => (weights(json)[0]!.shape = [2 ** 52, 2 ** 52]),
    message: /shard1of1\.bin: \d+ bytes, but/,
  },
  "a negative size": { change: (json) => (weights(json)[0]!.shape = [-1]), message: /weight 0: shape\.0/ },
  "a shape that is text": { change: (json) => (weights(json)[0]!.shape = "3"), message: /weight 0: shape/ },
  "a file that is not there": {
    change: (json) => (json.weightsManifest[0]!.paths = ["../secret.bin"]),
    message: /no file \.\.\/secret\.bin/,
  },
  "a file of the prototype": { change: (json) => (json.weightsManifest[0]!.paths = ["__proto__"]), message: /no file __proto__/ },
  "a file named twice": { change: (json) => json.weightsManifest[0]!.paths.push(SHARD), message: /names a file twice/ },
  "no weights": { change: (json) => (json.weightsManifest = []), message: /init_conv\/kernel: missing/ },
  "another stride": {
    change: (json) => (layer(json, "branch_1.unit_2_0.conv_1").config.strides = [1, 1]),
    message: /unit_2_0\.conv_1: strides is not \[2,2\]/,
  },
  "another epsilon": {
    change: (json) => (json.modelTopology.config.layers.find((one) => "epsilon" in one.config)!.config.epsilon = 1e-3),
    message: /epsilon is not 0\.00001/,
  },
  "a value that comes from the prototype": {
    change: (json) => Object.assign(layer(json, "merge"), { config: JSON.parse('{"name":"merge","__proto__":{"axis":-1}}') }),
    message: /merge: axis is not -1/,
  },
  "another share of the channels": {
    change: (json) =>
      (layer(json, "to_branch_2").config.cropping = [
        [0, 0],
        [0, 1],
      ]),
    message: /to_branch_2: cropping is not/,
  },
  "another kind of layer": {
    change: (json) => (layer(json, "to_branch_2").class_name = "Lambda"),
    message: /to_branch_2: is not of the kind Cropping2D/,
  },
  "logits put together in another order": {
    change: (json) => {
      for (const inputs of layer(json, "merge").inbound_nodes) inputs.reverse();
    },
    message: /merge: its inputs are not/,
  },
  "an input of endless depth": {
    change: (json) => Object.assign(layer(json, "merge"), { inbound_nodes: DEEP }),
    message: /merge: its inputs are not/,
  },
  "a layer too many": {
    change: (json) => json.modelTopology.config.layers.push({ ...layer(json, "merge"), name: "more" }),
    message: /more: no layer of this network/,
  },
  "a layer twice": {
    change: (json) => json.modelTopology.config.layers.push(layer(json, "merge")),
    message: /merge: two layers of that name/,
  },
  "a layer left out": { change: (json) => json.modelTopology.config.layers.pop(), message: /logits: there is no such layer/ },
  "another output": {
    change: (json) => (json.modelTopology.config.output_layers = [["merge", 0, 0]]),
    message: /output_layers: another output/,
  },
  "a config that is a list": {
    change: (json) => Object.assign(layer(json, "merge"), { config: [] }),
    message: /layer \d+: config/,
  },
  "no layers": {
    change: (json) => Object.assign(json.modelTopology.config, { layers: null }),
    message: /no LayersModel: .*config\.layers/,
  },
  "millions of values": {
    change: (json) => Object.assign(json, { more: new Array(200_000).fill(0) }),
    message: /more than 200000 values/,
  },
};

test.each(Object.keys(FOREIGN))("%s is refused and named", (name) => {
  const { change, message } = FOREIGN[name]!;
  const json: Json = JSON.parse(new TextDecoder().decode(FILES.get("model.json")));
  change(json);
  expectRefused(new Map([...FILES, ["model.json", encoded(json)]]), message);
});

test("the model of another split of the same network is refused by the first layer that differs", async () => {
  const other = exampleNetwork({ ...CASES["an uneven 2-4-4"]!, sizes: "even" });
  expect(() => read(FILES, other)).toThrow(/to_branch_1: cropping is not/);
});

test("classes in another order are refused, though every size fits", async () => {
  const files = new Map([...FILES].map(([name, bytes]) => [name, bytes.slice()]));
  const shard = files.get(SHARD)!;
  const order = new Float32Array(shard.buffer, shard.byteLength - 4 * 81);
  expect([...order].toSorted()).toEqual([...new Array(72).fill(0), ...new Array(9).fill(1)]);
  order.set(order.slice(0, 9), 9);
  expectRefused(files, /logits\/kernel: the classes are in another order/);
});

test("a file that is cut off, has a byte too many or is not there is refused", () => {
  for (const name of FILES.keys()) {
    const bytes = FILES.get(name)!;
    // The last byte of model.json is the end of its line.
    const cuts = [0, 1, 2, 3, 100, bytes.length - 5, bytes.length - 2];
    for (const length of cuts) expectRefused(new Map([...FILES, [name, bytes.slice(0, length)]]), /not JSON|bytes, but/);
    expectRefused(new Map([...FILES, [name, Uint8Array.from([...bytes, 0])]]), /not JSON|bytes, but/);
    expectRefused(new Map([...FILES].filter(([other]) => other !== name)), new RegExp(`no file ${name}`));
  }
});

test("a model.json that is not UTF-8, names a key twice or is larger than any is refused", () => {
  const text = new TextDecoder().decode(FILES.get("model.json"));
  const withModel = (bytes: Uint8Array<ArrayBuffer>): Files => new Map([...FILES, ["model.json", bytes]]);
  expectRefused(withModel(Uint8Array.of(0x22, 0xff, 0x22)), /model\.json is not UTF-8/);
  const twice = text.replace('"format":', '"weightsManifest":[],"format":');
  expectRefused(withModel(new TextEncoder().encode(twice)), /weightsManifest: named twice in model\.json/);
  expectRefused(withModel(new Uint8Array((1 << 24) + 1)), /model\.json has 16777217 bytes/);
});

function read(files: Files, { dense, plan }: Example): NetworkTensors {
  return readTfjs(files, plan, splitTree(dense, plan));
}

async function exported({ dense, plan, network }: Example, tensors: NetworkTensors = network): Promise<Files> {
  return madeFiles(tfjsFiles(networkParts(plan, splitTree(dense, plan), tensors)));
}

function encoded(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value).replace(`"${DEEP}"`, "[".repeat(90_000) + "]".repeat(90_000));
  return new TextEncoder().encode(text);
}

function expectSame(actual: NamedTensors, expected: NamedTensors): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, { shape, data }] of expected) {
    expect(actual.get(name)!.shape, name).toEqual(shape);
    expect(actual.get(name)!.data, name).toEqual(data);
  }
}

function expectRefused(files: Files, message: RegExp): void {
  expect(() => read(files, EXAMPLE)).toThrow(CheckpointError);
  expect(() => read(files, EXAMPLE)).toThrow(message);
}
