import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import { trainingWork } from "./training-work";

const paper = presetConfig("paper");
/** 3 channels to 16, 3 x 3, 32 x 32 places: in no published count, but computed. */
const FIRST_CONVOLUTION = 2 * 32 * 32 * 3 * 16 * 9;

test("the published recipe costs three times its published forward FLOPs for every image of both stages", () => {
  const images = [200_000 * 90, 120_000 * 90] as const;
  const flops = [3_095_498_952 + FIRST_CONVOLUTION, 2_021_705_928 + FIRST_CONVOLUTION] as const;
  expect(trainingWork(paper, 100)).toBe(3 * (images[0] * flops[0] + images[1] * flops[1]));
});

test("each stage counts by its own steps", () => {
  const whole = trainingWork(paper, 100);
  const longer = trainingWork({ ...paper, group: { ...paper.group, steps: 2 * paper.group.steps } }, 100);
  const more = trainingWork({ ...paper, finetune: { ...paper.finetune, steps: 2 * paper.finetune.steps } }, 100);
  expect(longer + more).toBe(3 * whole);
});
