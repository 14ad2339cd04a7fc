import { expect, test } from "vitest";
import { layerCosts, totalCost } from "./cost";
import { parseGrouping } from "./grouping";
import { groupedLayers, groupedSpaces } from "./lookup";
import { assignmentParameters, layerParameters } from "./parameters";
import { inferShapes } from "./shapes";
import type { ModelSpec } from "./spec";
import { type BlockOrder, wideResnet } from "./wide-resnet";

function network(grouping: string, blockOrder: BlockOrder = "pre-activation", units = 2, widen = 8): ModelSpec {
  return wideResnet({ residualUnits: units, widen, classes: 100, grouping: parseGrouping(grouping), blockOrder, dropout: true });
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

test("WRN-16-8 has the published parameters and FLOPs", () => {
  expect(totalCost(network("1-1-1"))).toEqual({ parameters: 10_999_908, flops: 3_095_498_952 });
});

test("with the first convolution, batch norms and logits the count is that of the published stage 1", () => {
  const spec = network("2-2-2");
  const trained = layerParameters(spec).filter(({ role, layer }) => role !== "gamma" || layer === "unit_last/bn");
  const total = [...trained, ...assignmentParameters(spec)].reduce((sum, { shape }) => sum + size(shape), 0);
  expect(total).toBe(11_009_516);
  expect(assignmentParameters(spec).reduce((sum, { shape }) => sum + size(shape), 0)).toBe(5064);
});

test("single layers cost what the published table says", () => {
  const rows = new Map(layerCosts(network("1-1-1")).map((row) => [row.layer, [row.parameters, row.flops, row.counted]]));
  expect(rows.get("init_conv")).toEqual([432, 884_736, false]);
  expect(rows.get("unit_2_0/shortcut")).toEqual([32_768, 16_777_216, true]);
  expect(rows.get("unit_3_1/conv_2")).toEqual([2_359_296, 301_989_888, true]);
  expect(rows.get("logits/fc")).toEqual([51_300, 102_600, true]);
});

test.each([
  ["1-1-4", 1, 2],
  ["1-2-2", 6, 5],
  ["2-2-2", 11, 8],
])("%s regularises %d weights and learns %d assignments", (grouping, weights, assignments) => {
  expect(groupedLayers(network(grouping))).toHaveLength(weights);
  expect(groupedSpaces(network(grouping))).toHaveLength(assignments);
});

test("penalty entries follow the published order, features and classes sharing the last one", () => {
  const entries = network("2-2-2").layers.flatMap((layer) =>
    "introduces" in layer && layer.introduces.length > 0 ? [layer.introduces.join("+")] : [],
  );
  expect(entries).toEqual([
    "stage_1",
    "unit_2_0/inner",
    "unit_2_1/inner",
    "stage_2",
    "unit_3_0/inner",
    "unit_3_1/inner",
    "stage_3+classes",
  ]);
});

test("dropout stands in grouped parts only, and post-activation is used in grouped stages only", () => {
  const dropouts = network("1-2-2").layers.filter((layer) => layer.kind === "dropout");
  expect(dropouts.map((layer) => layer.name)).toEqual([
    "unit_3_0/dropout_1",
    "unit_3_0/dropout_2",
    "unit_3_1/dropout_1",
    "unit_3_1/dropout_2",
    "pool_dropout",
  ]);
  const restarting = network("1-2-2", "post-activation").layers.filter(
    (layer) => layer.kind === "batchNorm" && layer.restartsAtSplit,
  );
  expect(restarting.map((layer) => layer.name)).toEqual(["unit_3_0/bn_1", "unit_3_0/bn_2", "unit_3_1/bn_1", "unit_3_1/bn_2"]);
});

test.each([
  ["2-2-2", "pre-activation", 1, 1],
  ["2-4-4", "post-activation", 1, 1],
  ["3-5-7", "pre-activation", 3, 2],
  ["1-1-1", "post-activation", 2, 10],
] as const)("layers of %s %s fit together", (grouping, blockOrder, units, widen) => {
  const shapes = inferShapes(network(grouping, blockOrder, units, widen));
  expect(shapes.get("logits/fc")).toEqual({ height: 1, width: 1, channels: 100, space: "classes" });
});

test("adding channels of different spaces is refused", () => {
  const spec = network("2-2-2");
  const layers = spec.layers.map((layer) =>
    layer.kind === "add" && layer.name === "unit_3_1/add"
      ? { ...layer, inputs: ["unit_3_0/add", "unit_3_1/conv_1"] as const }
      : layer,
  );
  expect(() => inferShapes({ ...spec, layers })).toThrow(/unit_3_1\/add: adds .*stage_3.*inner/);
});
