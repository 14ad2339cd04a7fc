import { expect, test } from "vitest";
import type { AssignmentSnapshotView } from "../protocol/views";
import { sampleBlocks, sampleRecord } from "./testing";
import { blocksUpTo, groupAt, layersOf, pixelOf, sharesOf } from "./weights";

const at = (step: number, kept: boolean): AssignmentSnapshotView => ({
  step,
  spaces: [],
  blocks: kept ? [sampleBlocks("a", step), sampleBlocks("b", 2 * step)] : null,
});
const history = [at(0, true), at(40, false), at(60, true)];

test("the off-block share is told of every moment that has the layer", () => {
  expect(sharesOf(history, "a")).toEqual([
    { step: 0, share: 1 },
    { step: 60, share: 0.5 },
  ]);
  expect(sharesOf(history, "b").at(-1)!.share).toBeCloseTo(60 / 180, 12);
  expect(sharesOf(history, "c")).toEqual([]);
});

test("a moment without masses shows those before it", () => {
  expect(blocksUpTo(history, 59)?.step).toBe(0);
  expect(blocksUpTo(history, 60)?.step).toBe(60);
  expect(blocksUpTo([at(5, false)], 9)).toBeNull();
});

test("layers come in execution order, with whether the split cuts them", () => {
  const layers = layersOf(sampleRecord());
  expect(layers[0]).toEqual({ name: "init_conv", grouped: false, decides: false });
  expect(layers.at(-1)).toEqual({ name: "logits/fc", grouped: true, decides: true });
});

test("a pixel tells its members and groups, the last one fewer members", () => {
  const picture = {
    rows: 2,
    columns: 2,
    norms: Float32Array.of(1, 2, 3, 4),
    stride: 2,
    inputs: { order: [2, 0, 1], sizes: [2, 1] },
    outputs: { order: [0, 1, 2], sizes: [1, 2] },
  };
  expect(pixelOf(picture, 1, 0)).toEqual({ inputs: [1], outputs: [0, 1], inputGroup: 1, outputGroup: 0, norm: 3 });
  expect(pixelOf(picture, 0, 1)).toEqual({ inputs: [2, 0], outputs: [2], inputGroup: 0, outputGroup: 1, norm: 2 });
  expect([0, 1, 2, 3, 4].map((place) => groupAt([2, 0, 3], place))).toEqual([0, 0, 2, 2, 2]);
});
