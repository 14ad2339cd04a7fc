import { expect, test } from "vitest";
import type { ListedCase } from "./cases";
import { presetTimes } from "./preset-time";
import type { Measured } from "./report";
import { stepName, stepProblem, trainingFlops } from "./step-problem";

const CONTENDERS = { ours: null, stock: null, jaxjs: null };

/** A step of a stage that takes `milliseconds` by stock kernels. */
function measuredStep(stage: "group" | "finetune", depth: number, widen: number, batch: number, milliseconds: number) {
  const step = stepProblem(stage, depth, widen, batch);
  const entry: ListedCase = {
    name: stepName(stage, step.fit.config, batch),
    unit: "ms",
    repeats: 1,
    flops: batch * trainingFlops(step.fit.spec),
    bytes: null,
    images: batch,
    step,
    contenders: CONTENDERS,
  };
  return { case: entry, samples: { ours: null, stock: [milliseconds], jaxjs: null } } satisfies Measured<ListedCase>;
}

test("a preset whose own steps were measured takes steps times seconds", () => {
  const times = presetTimes([measuredStep("group", 10, 1, 8, 720), measuredStep("finetune", 10, 1, 8, 480)], "stock");
  const tiny = times.find(({ preset }) => preset === "tiny")!;
  expect(tiny.basis).toBe("measured");
  expect(tiny.hours).toBeCloseTo((500 * 0.72 + 300 * 0.48) / 3600, 12);
});

test("other presets are derived by FLOPs, in proportion to images", () => {
  const times = presetTimes([measuredStep("group", 16, 2, 16, 1600), measuredStep("finetune", 16, 2, 16, 800)], "stock");
  const quick = times.find(({ preset }) => preset === "quick")!;
  expect(quick.basis).toBe("derived from step/group/WRN-16-2/16 and step/finetune/WRN-16-2/16 by FLOPs");
  expect(quick.hours).toBeCloseTo((12_000 * 90 * 0.1 + 8000 * 90 * 0.05) / 3600, 9);
});

test("nothing is said of presets when a stage was not measured", () => {
  const group = measuredStep("group", 16, 2, 16, 1600);
  expect(presetTimes([group], "stock")).toEqual([]);
  expect(presetTimes([group, measuredStep("finetune", 16, 2, 16, 800)], "ours")).toEqual([]);
});
