import { expect, test } from "vitest";
import { tensorNamed } from "../base/tensor";
import { groupingSpec } from "../model/build";
import { assignmentParameters, logitsName } from "../model/parameters";
import { presetConfig } from "../model/presets";
import { adjustedRandIndex } from "../splitnet/agreement";
import { discretize } from "../splitnet/discretize";
import { roundsOfEachClass, startFromConfusion } from "./confusion-start";
import { initialState } from "./state";

const CLASSES = 6;
const FAMILIES = [0, 1, 1, 0, 1, 0];
const config = presetConfig("tiny");
const spec = groupingSpec(config, CLASSES);
const labels = Uint8Array.from({ length: 60 }, (_, image) => (image * 5) % CLASSES);
const images = Uint32Array.from({ length: 50 }, (_, index) => index + 5);
const input = { spec, labels, images, classes: CLASSES };

/** A network that is sure of the family and of little else; it tells what it was asked. */
function doubtful(asked: number[]) {
  return {
    trainingLogits: async (indices: Uint32Array) => {
      asked.push(...indices);
      return Float32Array.from(
        [...indices].flatMap((image) =>
          FAMILIES.map((family, label) => 2 * Number(family === FAMILIES[labels[image]!]) + Math.sin(image + 7 * label) / 4),
        ),
      );
    },
  };
}

test("assignments lean to the families that the network confuses; weights, momentum and statistics stay", async () => {
  const state = { ...initialState(spec, 3), step: 150 };
  const started = await startFromConfusion(doubtful([]), input, state, { confusionImages: 400, startBias: 0.5 });
  expect(adjustedRandIndex(discretize(spec, started.parameters, "fail").get("classes")!.groupOf, FAMILIES)).toBe(1);
  const logits = new Set(assignmentParameters(spec).map(({ name }) => name));
  for (const [name, tensor] of state.parameters) {
    if (!logits.has(name)) expect(tensorNamed(started.parameters, name)).toBe(tensor);
  }
  expect([...started.parameters.keys()]).toEqual([...state.parameters.keys()]);
  expect(started).toMatchObject({ step: 150, momentum: state.momentum, statistics: state.statistics });
});

test("the bias is as large as asked for", async () => {
  const state = initialState(spec, 3);
  const started = await startFromConfusion(doubtful([]), input, state, { confusionImages: 12, startBias: 2 });
  const [before, after] = [state, started].map(({ parameters }) => tensorNamed(parameters, logitsName("stage_3")).data);
  const added = after!.map((value, index) => value - before![index]!);
  expect(added.filter((value) => Math.abs(value - 2) < 1e-6).length).toBe(64);
  expect(added.filter((value) => value === 0).length).toBe(64);
});

test("it looks at training images alone, as many of each class", async () => {
  const asked: number[] = [];
  await startFromConfusion(doubtful(asked), input, initialState(spec, 3), { confusionImages: 18, startBias: 1 });
  expect(asked.length).toBe(18);
  expect(asked.every((image) => images.includes(image))).toBe(true);
  for (let label = 0; label < CLASSES; label++) expect(asked.filter((image) => labels[image] === label).length).toBe(3);
});

test("images come one of each class after the other; where a class has fewer, all of them are taken", () => {
  const few = Uint8Array.from([0, 0, 0, 1, 0]);
  expect([...roundsOfEachClass(Uint32Array.from([0, 1, 2, 3, 4]), few, 2, 3)]).toEqual([0, 3, 1, 2]);
});
