import { expect, test } from "vitest";
import { ConfigError } from "../base/errors";
import { fill, goldenLabels, goldenParameters, goldenSpec, parseFixture, publishedNames, seedOf, toHostTensors } from "./golden";

const split = {
  kind: "split",
  model: { residualUnits: 1, widen: 1, classes: 11, groups: { level1: 3, level2: 2, level3: 1 } },
  batch: 2,
  steps: 1,
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 0,
  weightedSplit: false,
  trainBnScale: true,
  penaltyWeights: { overlap: 0, weightSplit: 0, uniform: 0 },
  blockOrder: "post-activation",
  warmupForwards: 1,
};

function parsed(fixture: object) {
  const result = parseFixture(fixture);
  if (result.kind === "penalties") throw new Error("expected a network");
  return result;
}

test("the filler and the seeds are the published formulas", () => {
  const { shape, data } = fill([2, 3, 5, 7], 0.5, 3);
  expect(shape).toEqual([2, 3, 5, 7]);
  expect(data.length).toBe(210);
  expect(data[0]).toBeCloseTo(3 * Math.SQRT2 * Math.sin(0.5), 14);
  expect(data[100]).toBeCloseTo(3 * Math.SQRT2 * Math.sin(0.5 + 70 + 0.013 * 3), 12);
  // 97*1 + 98*2 + 99*3 = 590
  expect(seedOf("abc")).toBeCloseTo(5.9, 14);
  expect([...goldenLabels(4, 15)]).toEqual([3, 10, 2, 9]);
});

test("a fixture without expected values is a problem all the same", () => {
  const fixture = parsed(split);
  const spec = goldenSpec(fixture);
  const names = publishedNames(spec);
  const parameters = goldenParameters(spec);
  expect([...parameters.keys()].filter((name) => !names.has(name))).toEqual([]);
  expect(names.get("assignments/stage_3/logits")).toBe("group/split_p1/alpha");
  expect(names.get("unit_3_0/conv_1/kernel")).toBe("unit_3_0/conv_1/kernel");
  expect(parameters.get("assignments/stage_3/logits")?.shape).toEqual([3, 64]);
  expect(toHostTensors(parameters).get("unit_last/bn/gamma")?.data).toEqual(new Float32Array(64).fill(1));
});

test("what is not a fixture is refused by field", () => {
  expect(() => parseFixture({ kind: "other" })).toThrow(ConfigError);
  expect(() => parseFixture({ ...split, batch: 0 })).toThrow(/batch/);
  expect(() => parseFixture({ kind: "penalties", cases: [{ weightShape: [3, 5], groups: 1 }] })).toThrow(/cases\.0\.groups/);
  const upsideDown = { ...split, model: { ...split.model, groups: { level1: 1, level2: 2, level3: 2 } } };
  expect(() => goldenSpec(parsed(upsideDown))).toThrow(/fewer groups deeper/);
});
