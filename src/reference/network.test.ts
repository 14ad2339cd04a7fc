import { describe, expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import { initialParameters, initialStatistics } from "../model/initial";
import type { ConvLayer, Layer, ModelSpec, Space } from "../model/spec";
import type { Mode, NetworkState64 } from "./layer";
import { runNetwork } from "./network";
import { numericalGradient } from "./numerical-gradient";
import { evaluateObjective, type Objective } from "./objective";
import { type Tensor64, tensor64 } from "./tensor64";
import { randomTensor, relativeError } from "./testing";

/** Whole-network differences: many roundings add up. */
const DIFFERENCES = 1e-6;

const objective: Objective = {
  weightDecay: 0.03,
  penalties: { overlap: 0.7, weightSplit: 1.3, uniform: 0.11, weightedSplit: false, epsilon: 1e-12 },
};
const batch = { images: randomTensor([2, 5, 7, 3], 70), labels: [4, 1] };

describe.each([
  ["dense, with assignments", smallNetwork(false)],
  ["in blocks", smallNetwork(true)],
])("a small residual network, %s", (_, spec) => {
  const state = randomState(spec);
  const mask = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => (i % 3 === 1 ? 0 : 1));
  const dropout = { keep: 0.6, masks: new Map([["drop", mask]]) };

  test("every gradient is the slope of the total loss", () => {
    const { gradients } = evaluateObjective(spec, state, batch, objective, dropout);
    expect([...gradients.keys()].sort()).toEqual([...state.parameters.keys()].sort());
    for (const [name, parameter] of state.parameters) {
      const slope = numericalGradient(
        () => evaluateObjective(spec, state, batch, objective, dropout).losses.total,
        parameter.data,
      );
      expect(relativeError(gradients.get(name)!.data, slope), name).toBeLessThan(DIFFERENCES);
    }
  });

  test("inference reads the running statistics, ignores dropout and changes nothing", () => {
    const inference: Mode = { kind: "inference" };
    const first = runNetwork(spec, state, batch.images, inference);
    expect(first.statistics).toEqual(state.statistics);
    const alone = runNetwork(spec, state, { shape: [1, 5, 7, 3], data: batch.images.data.slice(0, 105) }, inference);
    expect(relativeError(alone.logits.data, first.logits.data.subarray(0, 7))).toBeLessThan(1e-14);
  });

  test("training moves the running statistics a tenth of the way to the batch's", () => {
    const run = runNetwork(spec, state, batch.images, { kind: "training", dropout });
    const stem = run.activations.get("stem")!;
    const mean = stem.data.reduce((sum, value, i) => (i % 6 === 2 ? sum + value : sum), 0) / (stem.data.length / 6);
    const before = state.statistics.get("bn_1/mu")!.data[2]!;
    expect(run.statistics.get("bn_1/mu")!.data[2]).toBeCloseTo(0.9 * before + 0.1 * mean, 12);
  });
});

/** A stage with a residual unit in miniature: 6 channels in 3 groups, merged to 2 for the unit, 7 classes in 3 groups. */
function smallNetwork(blocked: boolean): ModelSpec {
  const space = (name: string, size: number, groups: number): Space => ({
    name,
    size,
    groups: blocked ? 1 : groups,
    publishedName: null,
  });
  const conv = (name: string, input: string, from: string, to: string, rest: Partial<ConvLayer>): ConvLayer => ({
    kind: "conv",
    name,
    input,
    kernelSize: 3,
    stride: 1,
    inputSpace: from,
    outputSpace: to,
    groups: 2,
    introduces: [],
    blocks: null,
    counted: true,
    ...rest,
  });
  const batchNorm = (name: string, input: string, of: string): Layer => ({
    kind: "batchNorm",
    name,
    input,
    space: of,
    alwaysTrainScale: false,
    restartsAtSplit: false,
  });
  const layers: Layer[] = [
    { kind: "input", name: "image", space: "image", shape: [5, 7, 3] },
    conv("stem", "image", "image", "stream", { stride: 2, groups: 1 }),
    batchNorm("bn_1", "stem", "stream"),
    { kind: "relu", name: "relu_1", input: "bn_1" },
    conv("conv_1", "relu_1", "stream", "inner", {
      introduces: blocked ? [] : ["inner"],
      blocks: blocked ? { inputs: [4, 2], outputs: [3, 2] } : null,
    }),
    batchNorm("bn_2", "conv_1", "inner"),
    { kind: "relu", name: "relu_2", input: "bn_2" },
    { kind: "dropout", name: "drop", input: "relu_2" },
    conv("conv_2", "drop", "inner", "stream", {
      kernelSize: 1,
      blocks: blocked ? { inputs: [3, 2], outputs: [4, 2] } : null,
    }),
    { kind: "add", name: "add", inputs: ["stem", "conv_2"] },
    { kind: "globalMean", name: "pool", input: "add" },
    {
      kind: "dense",
      name: "fc",
      input: "pool",
      inputSpace: "stream",
      outputSpace: "classes",
      groups: 3,
      introduces: blocked ? [] : ["stream", "classes"],
      blocks: blocked ? { inputs: [1, 3, 2], outputs: [2, 1, 4] } : null,
      counted: true,
    },
  ];
  const spaces = [space("classes", 7, 3), space("stream", 6, 3), space("inner", 5, 2), space("image", 3, 1)];
  return { name: "small", spaces, layers };
}

/** Random values everywhere, so that no beta, gamma or statistic is neutral. */
function randomState(spec: ModelSpec): NetworkState64 {
  const shapes = initialParameters(spec, 1);
  const parameters = new Map<string, Tensor64>();
  [...shapes.keys()].forEach((name, index) => {
    parameters.set(name, randomTensor(tensorNamed(shapes, name).shape, 100 + index));
  });
  const statistics = new Map<string, Tensor64>();
  [...initialStatistics(spec)].forEach(([name, { shape }], index) => {
    statistics.set(name, tensor64(shape, randomTensor(shape, 200 + index).data.map(Math.abs)));
  });
  return { parameters, statistics };
}
