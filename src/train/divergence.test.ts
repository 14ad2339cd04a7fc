import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import type { StepMetric } from "../model/run";
import { DivergenceWatch } from "./divergence";

const CONFIG = presetConfig("tiny");

function step(number: number, crossEntropy: number): StepMetric {
  const terms = { crossEntropy, l2: 0, overlap: 0, weightSplit: 0, uniform: 0, total: crossEntropy };
  return { kind: "step", stage: "group", step: number, learningRate: 0.1, accuracy: 0.1, time: 0, ...terms };
}

test("a loss that is no number ends the stage at once, with the checkpoint that is kept and a rate to try", () => {
  const watch = new DivergenceWatch(CONFIG, 100, 0);
  watch.look(step(0, 4.6));
  watch.checkpointed(40);
  expect(() => watch.look(step(41, Number.NaN))).toThrow(
    expect.objectContaining({
      name: "DivergenceError",
      message: "the loss of step 41 is not a finite number (learning rate 0.1)",
      cure: expect.stringMatching(/for example 0\.05\. The checkpoint of step 40/),
    }),
  );
});

test("fifty steps in a row ten times worse than guessing end it; forty-nine, or a good one between, do not", () => {
  const bad = 10 * Math.log(100) + 0.1;
  const watch = new DivergenceWatch(CONFIG, 100, 0);
  for (let i = 0; i < 49; i++) watch.look(step(i, bad));
  expect(watch.suspicious).toBe(true);
  watch.look(step(49, 40));
  expect(watch.suspicious).toBe(false);
  for (let i = 50; i < 99; i++) watch.look(step(i, bad));
  expect(() => watch.look(step(99, bad))).toThrow(/has exploded: its cross-entropy was above 46\.1 for 50 steps/);
});

test("half precision is offered its own way out", () => {
  const watch = new DivergenceWatch({ ...CONFIG, precision: "f16" }, 4, 0);
  expect(() => watch.look(step(0, Number.POSITIVE_INFINITY))).toThrow(
    expect.objectContaining({ cure: expect.stringMatching(/precision to "f32"/) }),
  );
});
