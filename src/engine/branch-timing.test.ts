import { expect, test } from "vitest";
import { denseNetwork, exampleNetwork } from "../export/testing";
import { estimateMemory } from "../model/memory";
import { runNetwork } from "../reference/network";
import { tensor64, widen } from "../reference/tensor64";
import { allParts, networkParts } from "../splitnet/parts";
import { splitTree } from "../splitnet/savings";
import { type BranchTimingOptions, type HostedPart, type PartHost, timeBranches } from "./branch-timing";

const { dense, plan, network } = exampleNetwork({ grouping: "1-2-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
const unsplit = denseNetwork(dense);
const root = networkParts(plan, splitTree(dense, plan), network);
const IMAGE = Float32Array.from({ length: 3072 }, (_, index) => Math.sin(index));

/** The float64 oracle in place of a device; the clock goes on by a second a run of a host. */
function world(changes: Partial<BranchTimingOptions> = {}) {
  const seen = { open: 0, most: 0, runs: 0, progress: [] as string[] };
  const openHost = (): PartHost => {
    seen.most = Math.max(seen.most, ++seen.open);
    let hosted: HostedPart | null = null;
    let batch = 0;
    return {
      prepare: async (part, size) => {
        hosted = part;
        batch = size;
      },
      run: async (values) => {
        seen.runs++;
        const { spec, tensors, output } = hosted!;
        const [first] = spec.layers;
        if (first?.kind !== "input") throw new Error("a network begins with its input");
        // What is pooled has no pixels.
        const shape = first.shape[0] === 1 ? first.shape.slice(2) : first.shape;
        const input = tensor64([batch, ...shape], Float64Array.from(values));
        const state = { parameters: widen(tensors.parameters), statistics: widen(tensors.statistics) };
        return Float32Array.from(runNetwork(spec, state, input, { kind: "inference" }).activations.get(output)!.data);
      },
      close: () => void seen.open--,
    };
  };
  const options: BranchTimingOptions = {
    unsplit: { spec: dense, tensors: unsplit, output: "logits/fc", classOrder: unsplit.classOrder },
    split: { spec: plan.spec, tensors: network, output: "logits/fc", classOrder: plan.classOrder },
    root,
    batches: [1],
    images: (batch) => Float32Array.from({ length: batch * 3072 }, (_, index) => IMAGE[index % 3072]!),
    openHost,
    largestBytes: Number.POSITIVE_INFINITY,
    now: () => 1000 * seen.runs,
    signal: new AbortController().signal,
    onProgress: (done, total) => seen.progress.push(`${done}/${total}`),
    ...changes,
  };
  return { seen, options };
}

test("parts on hosts of their own give the logits of the split network; each way is timed by itself, and no host is left open", {
  timeout: 60_000,
}, async () => {
  const { seen, options } = world();
  const [timed] = await timeBranches(options);
  // Values between parts are float32, those within the oracle float64.
  expect(timed!.difference).toBeLessThan(1e-6);
  // A second a host: one for a whole network, one a part for the tree.
  expect(timed!.seconds).toEqual({ unsplit: 1, split: 1, parallel: allParts(root).length });
  expect(seen).toMatchObject({ open: 0, most: allParts(root).length, progress: ["0/3", "1/3", "2/3", "3/3"] });
});

test("parts that compute something else show in the difference", { timeout: 60_000 }, async () => {
  const others = exampleNetwork({ grouping: "1-2-4", blockOrder: "pre-activation", sizes: "even", classes: 9 });
  const { options } = world({ root: networkParts(others.plan, splitTree(others.dense, others.plan), others.network) });
  expect((await timeBranches(options))[0]!.difference).toBeGreaterThan(0.01);
});

test("a batch that the device cannot hold is not run, and one that cannot hold a single image is refused", {
  timeout: 60_000,
}, async () => {
  const one = estimateMemory(dense, 1, "f32").largestActivationBytes;
  const { options } = world({ batches: [1, 4], largestBytes: one });
  const [small, large] = await timeBranches(options);
  expect(small?.seconds).not.toBeNull();
  expect(large).toEqual({ batch: 4, seconds: null, difference: null });
  await expect(timeBranches(world({ largestBytes: one - 1 }).options)).rejects.toThrow("not even 1 image fits the device");
});

test("it ends at once when it is stopped, and leaves no host open", async () => {
  const { seen, options } = world({ signal: AbortSignal.abort(new Error("stopped")) });
  await expect(timeBranches(options)).rejects.toThrow("stopped");
  expect(seen).toMatchObject({ open: 0, runs: 1 });
});
