import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import type { LayerView } from "../../protocol/views";
import { FINISHED, GROUPING, sampleAssignment, sampleBlocks } from "../../state/testing";
import { groupRgb } from "../kit/palette";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { blockImage, weightImage } from "./pictures";
import { WeightsPanel } from "./weights-panel";

const masses = (step: number) => [sampleBlocks("unit_3_0/conv_1", step), sampleBlocks("logits/fc", 3 * step)];
const later = (step: number, blocks: ReturnType<typeof masses> | null = masses(step)): EngineEvent => ({
  kind: "assignmentsChanged",
  runId: "run-1",
  step,
  assignments: [sampleAssignment("classes", 6)],
  blocks,
  kept: true,
});

const layer: LayerView = {
  runId: "run-1",
  stage: "group",
  layer: "logits/fc",
  step: 400,
  picture: {
    rows: 2,
    columns: 3,
    norms: Float32Array.of(1, 0.5, 0.1, 0.2, 0, 2),
    stride: 1,
    inputs: { order: [1, 0], sizes: [1, 1] },
    outputs: { order: [0, 2, 1], sizes: [2, 1] },
  },
  histograms: [
    { of: "weights", histogram: { count: 6, mean: 0.25, deviation: 0.5, least: -2, greatest: 1, counts: [1, 0, 4, 1] } },
    { of: "momentum", histogram: { count: 6, mean: 0, deviation: 0.125, least: -0.5, greatest: 0.25, counts: [2, 2, 1, 1] } },
  ],
};

test("before the first assignments the panel says what will be drawn", () => {
  expect(textOf(renderAfter(<WeightsPanel />, []))).toContain("those between groups vanish");
});

test("each grouped layer is a matrix with its off-block share now and over time, and a table of all", () => {
  const markup = renderAfter(<WeightsPanel />, [...GROUPING, later(140)]);
  expect(markup).toContain('aria-label="Squares of Unit 3.1 conv 1 by block; arrow keys move the cursor"');
  expect(markup).toContain('aria-label="Share of the squares off the blocks, from 50.0% to 30.0%"');
  const words = textOf(markup);
  expect(words).toContain("Unit 3.1 conv 1 30.0% off the blocks");
  expect(words).toContain("Unit 3.1 conv 1 50.0% 30.0% 30.0% Last layer 50.0% 12.5% 12.5%");
});

test("the moment of the slider moves the blocks too", () => {
  const markup = renderAfter(<WeightsPanel />, [...GROUPING, later(140)], (store) => store.look({ moment: "60" }));
  expect(textOf(markup)).toContain("Unit 3.1 conv 1 50.0% 50.0% 30.0%");
  expect(textOf(markup)).toContain("after step 60");
});

test("a run of a version that kept no masses says so, and its layers can still be read", () => {
  const opened = GROUPING.map((event) => (event.kind === "assignmentsChanged" ? { ...event, blocks: null } : event));
  const markup = renderAfter(<WeightsPanel />, [...opened, later(140, null)]);
  expect(textOf(markup)).toContain("No block sums are kept of this moment");
  expect(buttonNamed(markup, "Read from the last checkpoint")).not.toBeNull();
});

test("a layer that was read is a matrix with histograms and their numbers", () => {
  const markup = renderAfter(<WeightsPanel />, [...FINISHED, { kind: "layerLoaded", layer }]);
  expect(markup).toContain('aria-label="Weights of Last layer, ordered by group; arrow keys move the cursor"');
  expect(markup).toContain('aria-label="Weights: how often each value occurs, from -2 to 1"');
  const words = textOf(markup);
  expect(words).toContain("Last layer of the unsplit network at its checkpoint of step 400.");
  expect(words).toContain("Weights 6 0.25 0.5 -2 1 Momentum (smoothed gradient) 6 0 0.125 -0.5 0.25");
});

test("blocks of a group have its colour, those between groups are grey, and the strongest is opaque", () => {
  const { rgba } = blockImage({ layer: "x", groups: 2, mass: Float32Array.of(16, 4, 0, 1) });
  expect([...rgba.slice(0, 4)]).toEqual([...groupRgb(0), 255]);
  expect([...rgba.slice(4, 8)]).toEqual([128, 128, 128, Math.round(255 / 2)]);
  expect(rgba[11]).toBe(0);
  expect([...rgba.slice(12)]).toEqual([...groupRgb(1), Math.round(255 / 4)]);
  const picture = weightImage(layer.picture).rgba;
  expect([3, 7, 11, 15, 19, 23].map((index) => picture[index])).toEqual([128, 64, 13, 26, 0, 255]);
  expect([...picture.slice(4, 7)]).toEqual([...groupRgb(0)]);
  expect([...picture.slice(8, 11)]).toEqual([128, 128, 128]);
});
