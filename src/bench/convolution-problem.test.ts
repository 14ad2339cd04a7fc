import { expect, test } from "vitest";
import { convolutionCost, convolutionName, convolutionProblems } from "./convolution-problem";
import { stepProblem } from "./step-problem";

const { spec } = stepProblem("group", 16, 2, 16).fit;
const problems = convolutionProblems(spec, 16, 1);

test("every distinct convolution of WRN-16-2 is there once a pass, and the image has no gradient", () => {
  const names = problems.map(convolutionName);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.startsWith("conv/forward/"))).toEqual([
    "conv/forward/3x3/32x32/3-16/s1/16",
    "conv/forward/1x1/32x32/16-32/s1/16",
    "conv/forward/3x3/32x32/16-32/s1/16",
    "conv/forward/3x3/32x32/32-32/s1/16",
    "conv/forward/1x1/32x32/32-64/s2/16",
    "conv/forward/3x3/32x32/32-64/s2/16",
    "conv/forward/3x3/16x16/64-64/s1/16",
    "conv/forward/1x1/16x16/64-128/s2/16",
    "conv/forward/3x3/16x16/64-128/s2/16",
    "conv/forward/3x3/8x8/128-128/s1/16",
  ]);
  expect(names.filter((name) => name.startsWith("conv/input-gradient/")).length).toBe(9);
  expect(names.filter((name) => name.startsWith("conv/filter-gradient/")).length).toBe(10);
});

test("a convolution costs two FLOPs a tap, input channel and output value", () => {
  const problem = problems.find((candidate) => convolutionName(candidate) === "conv/forward/3x3/32x32/32-64/s2/16")!;
  expect(convolutionCost(problem)).toEqual({
    flops: 2 * 16 * 16 * 16 * 64 * 9 * 32,
    bytes: 4 * (16 * 32 * 32 * 32 + 16 * 16 * 16 * 64 + 9 * 32 * 64),
  });
});
