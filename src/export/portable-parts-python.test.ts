import { expect, test } from "vitest";
import { PYTHON_TIMEOUT_MS, runPython } from "../../tests/support/python";
import { exampleInput, unpackBundle } from "../../tests/support/unpacked-bundle";
import { filled } from "../base/tensor";
import { splitTree } from "../splitnet/savings";
import { readPortableParts } from "./portable-parts";
import { encodeSafetensors, type StoredTensor } from "./safetensors";
import { exampleNetwork } from "./testing";

/** Keeps one leaf, changes what lies in its last branch, and prints the tensors that PyTorch would save. */
const PROGRAM = `
import json
from splitnet import load_pretrained

model = load_pretrained(".", branch="branch 1.2")
state = model.state_dict()
for name, tensor in state.items():
    if name.startswith(("unit_3_0.bn_2", "unit_3_0.conv", "unit_3_0.shortcut", "unit_last", "logits")) and tensor.is_floating_point():
        tensor.mul_(2)
print(json.dumps({name: [list(tensor.shape), tensor.flatten().tolist()] for name, tensor in state.items()}))
`;

test(
  "a leaf that splitnet.py keeps and PyTorch changes is read back into its channels, and the rest stays the run's",
  async () => {
    const example = exampleNetwork({ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
    const { dense, plan, network } = example;
    const check = { images: filled([1, 3, 32, 32], 0), logits: filled([1, 9], 0) };
    const bundle = await unpackBundle(exampleInput(example, "2-4-4", check));
    try {
      const state: Readonly<Record<string, [number[], number[]]>> = JSON.parse(await runPython(bundle.folder, ["-c", PROGRAM]));
      const saved = Object.entries(state).map(([name, [shape, values]]) => [name, storedTensor(name, shape, values)] as const);
      expect(saved.some(([name]) => name.endsWith("num_batches_tracked"))).toBe(true);
      const bytes = encodeSafetensors(new Map(saved), {});
      const { tensors, parts } = readPortableParts(bytes, plan, splitTree(dense, plan), network);
      expect(parts).toEqual(["trunk", "branch 1", "branch 1.2"]);
      const sizes = (space: string) => plan.spaces.find((candidate) => candidate.space === space)!.sizes;
      const [before, own] = sizes("stage_3") as [number, number];
      const mean = network.statistics.get("unit_last/bn/mu")!.data;
      const expected = mean.map((value, channel) => (channel >= before && channel < before + own ? 2 * value : value));
      expect(tensors.statistics.get("unit_last/bn/mu")!.data).toEqual(expected);
      for (const [name, { data }] of network.parameters) {
        if (!name.includes("/block_")) continue;
        const changed = /^(unit_3_0|logits).*\/block_1\//.test(name);
        expect([name, tensors.parameters.get(name)!.data]).toEqual([name, changed ? data.map((value) => 2 * value) : data]);
      }
    } finally {
      bundle.remove();
    }
  },
  PYTHON_TIMEOUT_MS,
);

/** Counters of batches are whole numbers. */
function storedTensor(name: string, shape: number[], values: number[]): StoredTensor {
  return name.endsWith("num_batches_tracked")
    ? { shape, data: Int32Array.from(values) }
    : { shape, data: Float32Array.from(values) };
}
