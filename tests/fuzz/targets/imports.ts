import { zipSync } from "fflate";
import { filled, sizeOf } from "../../../src/base/tensor";
import { importBundle } from "../../../src/engine/bundle-import";
import { type BundleFiles, chosen } from "../../../src/engine/chosen-files";
import { exampleConfig } from "../../../src/engine/testing";
import { importUnsplit } from "../../../src/engine/unsplit-import";
import { assignmentTensors } from "../../../src/export/assignments";
import { exportConfig } from "../../../src/export/config-json";
import { onnxModel } from "../../../src/export/onnx";
import { readOnnx } from "../../../src/export/onnx-import";
import { portableTensors } from "../../../src/export/portable";
import { readPortableParts } from "../../../src/export/portable-parts";
import { encodeSafetensors } from "../../../src/export/safetensors";
import { exampleNetwork } from "../../../src/export/testing";
import { groupingSpec } from "../../../src/model/build";
import type { RunOrigin } from "../../../src/model/run";
import { splitTree } from "../../../src/splitnet/savings";
import { exampleRecord } from "../../../src/storage/testing";
import { initialState } from "../../../src/train/state";
import { exampleInput } from "../../support/unpacked-bundle";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { type Attempt, hold, type Target } from "../target";
import { jsonMutant, utf8 } from "./run-files";
import { ToldRuns } from "./saved-run";
import { fileMutant } from "./tensors";

const options = { grouping: "1-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 6 } as const;
const example = exampleNetwork(options);
const { dense, plan, network } = example;
const tree = splitTree(dense, plan);
const weights = portableTensors(network);
const exported = encodeSafetensors(weights, { class_order: JSON.stringify(network.classOrder) });
const onnx = onnxModel({ ...network, name: plan.spec.name });

function readParts(bytes: Uint8Array): Attempt {
  return () => {
    const { tensors, parts } = readPortableParts(bytes, plan, tree, network);
    hold(parts === null || parts.length > 0, "that it holds a part");
    for (const kind of ["parameters", "statistics"] as const) {
      hold(tensors[kind].size === network[kind].size, "that the network is whole");
      for (const { shape, data } of tensors[kind].values()) {
        hold(sizeOf(shape) === data.length && data.every(Number.isFinite), "that a tensor is numbers of its shape");
      }
    }
  };
}

/** The whole file, or one that lacks some of its tensors. */
function partsMutant(draws: Draws): Uint8Array {
  if (draws.chance(0.5)) return fileMutant(exported, draws);
  return fileMutant(encodeSafetensors(new Map([...weights].filter(() => draws.chance(0.7))), {}), draws);
}

export const partsTarget: Target = {
  name: "weights of parts",
  mutant: (draws) => readParts(partsMutant(draws)),
  bombs: {
    "20,000 tensors of nothing": () => {
      const nothing = { shape: [0], data: new Float32Array() };
      return readParts(encodeSafetensors(new Map(Array.from({ length: 20_000 }, (_, index) => [`unit_${index}`, nothing])), {}));
    },
    "a name of 1 MB": () =>
      readParts(encodeSafetensors(new Map([["n".repeat(1_000_000), { shape: [0], data: new Float32Array() }]]), {})),
  },
};

function readGraph(bytes: Uint8Array): Attempt {
  return () => {
    const tensors = readOnnx(bytes, plan);
    hold(
      Buffer.compare(onnxModel({ ...network, ...tensors, name: plan.spec.name }), bytes) === 0,
      "that it is written the same again",
    );
  };
}

/** A field of that number, whose content claims `length` bytes. */
const claimed = (field: number, length: readonly number[]): Uint8Array => Uint8Array.from([field * 8 + 2, ...length]);

export const onnxTarget: Target = {
  name: "ONNX model",
  mutant: (draws) => readGraph(mutateBytes(onnx, draws)),
  bombs: {
    "a graph of 2^63 bytes": () => readGraph(claimed(7, [...new Array<number>(9).fill(0xff), 1])),
    "a number without an end": () => readGraph(claimed(7, new Array<number>(1_000_000).fill(0xff))),
    "a million fields of nothing": () => readGraph(new Uint8Array(2_000_000).fill(8)),
    "a million sizes": () => {
      const sizes = new Uint8Array(2_000_000).map((_, index) => (index % 2 === 0 ? 8 : 127));
      const length = [0x80 | (2_000_000 & 127), 0x80 | ((2_000_000 >> 7) & 127), 2_000_000 >> 14];
      const tensor = [0x2a, ...length, ...sizes, 0x10, 1];
      const outer = tensor.length;
      return readGraph(Uint8Array.from([0x3a, 0x80 | (outer & 127), 0x80 | ((outer >> 7) & 127), outer >> 14, ...tensor]));
    },
    "graphs in graphs": () => readGraph(new Uint8Array(1_000_000).fill(0x3a)),
  },
};

const input = exampleInput(example, options.grouping, { images: filled([1, 3, 32, 32], 0), logits: filled([1, 6], 0) });
const config = {
  ...exportConfig(input),
  dataset: { ...input.dataset, id: "ab" },
  training: { ...exampleConfig, grouping: options.grouping },
};
const shares = encodeSafetensors(assignmentTensors(input), {});
const files: BundleFiles = {
  config: utf8(JSON.stringify(config)),
  weights: exported,
  assignments: shares,
};

function rebuild(changes: Partial<BundleFiles>): Attempt {
  return async () => {
    const runs = new ToldRuns();
    const record = await importBundle({ runs, now: () => 0 }, { ...files, ...changes });
    hold(runs.records.has(record.id) && runs.files.size === 3, "that the run is stored whole");
  };
}

function bundleMutant(draws: Draws): Attempt {
  if (draws.chance(0.6)) return rebuild({ config: jsonMutant(files.config, draws) });
  if (draws.chance(0.5)) return rebuild({ weights: fileMutant(exported, draws) });
  return rebuild({ assignments: fileMutant(shares, draws) });
}

const withConfig = (changes: object): Attempt => rebuild({ config: utf8(JSON.stringify({ ...config, ...changes })) });
const million = new Array<number>(1_000_000).fill(0);

export const bundleTarget: Target = {
  name: "bundle without its run",
  mutant: bundleMutant,
  bombs: {
    "the deepest and widest network": () =>
      withConfig({ training: { ...config.training, grouping: "1024-2048-4096", model: { depth: 994, widen: 64 } } }),
    "a million channels": () => withConfig({ channels: [{ space: "classes", sizes: [1_000_000], order: million }] }),
    "a million groups": () => withConfig({ channels: [{ space: "classes", sizes: million, order: [0, 1, 2, 3, 4, 5] }] }),
    "a group of 2^53 members": () =>
      withConfig({ channels: [{ space: "classes", sizes: [Number.MAX_SAFE_INTEGER], order: [0, 1, 2, 3, 4, 5] }] }),
    "100,000 spaces": () => withConfig({ channels: new Array(100_000).fill({ space: "classes", sizes: [], order: [] }) }),
    "a million lists in lists": () => rebuild({ config: utf8("[".repeat(1_000_000)) }),
    "a space of 1 MB": () => withConfig({ channels: [{ space: "s".repeat(1_000_000), sizes: [], order: [] }] }),
    "a network of a name of 1 MB": () => withConfig({ architecture: { name: "n".repeat(1_000_000) } }),
  },
};

const denseRun: RunOrigin = {
  ...exampleRecord("fuzzed"),
  config: exampleConfig,
  classes: input.run.classes,
  superclassOf: input.run.superclassOf,
};
const fresh = initialState(groupingSpec(exampleConfig, options.classes), 11);
const unsplit = encodeSafetensors(new Map([...fresh.parameters, ...fresh.statistics]), {});

function begin(bytes: Uint8Array): Attempt {
  return async () => {
    const runs = new ToldRuns();
    const { id, phase } = await importUnsplit({ runs, now: () => 0 }, bytes, denseRun);
    hold(runs.records.has(id) && runs.files.size === 1, "that the run is stored whole");
    hold(phase === "grouped" || phase === "grouping", "that it is in stage 1");
  };
}

export const unsplitTarget: Target = {
  name: "unsplit network",
  mutant: (draws) => begin(fileMutant(unsplit, draws)),
  bombs: {
    "20,000 tensors of nothing": () => {
      const nothing = { shape: [0], data: new Float32Array() };
      return begin(encodeSafetensors(new Map(Array.from({ length: 20_000 }, (_, index) => [`unit/${index}`, nothing])), {}));
    },
    "a name of 1 MB": () =>
      begin(encodeSafetensors(new Map([["/".repeat(1_000_000), { shape: [0], data: new Float32Array() }]]), {})),
  },
};

const archive = zipSync({ "config.json": files.config, "model.safetensors": exported, "onnx/model.onnx": onnx }, { level: 0 });
const choose =
  (bytes: Uint8Array, name = "chosen.zip"): Attempt =>
  () => {
    hold(["run", "bundle", "weights", "unsplit"].includes(chosen([{ name, bytes }]).kind), "that it is one of what is read");
  };

export const chosenTarget: Target = {
  name: "chosen files",
  mutant: (draws) =>
    choose(mutateBytes(draws.chance(0.8) ? archive : exported, draws), draws.pick(["a.zip", "a.onnx", "model.json", "a"])),
  bombs: {
    "a name of 1 MB": () => choose(new TextEncoder().encode("none"), "n".repeat(1_000_000)),
    "100 MB compressed": () => choose(zipSync({ "model.safetensors": new Uint8Array(100_000_000) }, { level: 9 })),
    "members of the names of every object": () =>
      choose(
        zipSync({ "tfjs/model.json": utf8("{}"), "tfjs/__proto__": utf8("{}"), "tfjs/constructor": utf8("{}") }, { level: 0 }),
      ),
  },
};
