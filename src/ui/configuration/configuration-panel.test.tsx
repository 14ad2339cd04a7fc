import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import type { EngineEvent } from "../../protocol/events";
import { READY } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { ConfigurationPanel } from "./configuration-panel";

test("a preset shows its summary, its cost for the data at hand and no difference", () => {
  const words = textOf(renderAfter(<ConfigurationPanel />, READY));
  expect(words).toContain("WRN-10-1 for 6 classes");
  expect(words).toContain("As the preset has it.");
});

test("a wrong field is marked where it stands, with the reason", () => {
  const markup = renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("grouping", "4-2-2"));
  expect(markup).toMatch(/<input[^>]*aria-invalid="true"[^>]*value="4-2-2"/);
  expect(textOf(markup)).toContain("fewer groups deeper");
  expect(textOf(markup)).toContain("Not trainable yet");
});

test("a wrong field that is not shown is named by its path", () => {
  const markup = renderAfter(<ConfigurationPanel />, READY, (store) => store.replaceConfig({ preset: "tiny" }));
  expect(textOf(markup)).toMatch(/fidelity: /);
});

test("half precision is offered among the network's fields and halves the activations in the estimate", () => {
  const memory = (precision: string): number => {
    const words = textOf(renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("precision", precision)));
    expect(words).toContain("half-precision activations (f16)");
    return Number(/at least ([\d.]+) MB/.exec(words)?.[1]);
  };
  // What parameters need stays: a third of the whole in this small network.
  expect(memory("f16")).toBeGreaterThan(0.5 * memory("f32"));
  expect(memory("f16")).toBeLessThan(0.7 * memory("f32"));
});

test("a start from confusions is offered, and says that it needs a warm-up", () => {
  const words = (steps: string): string => {
    const markup = renderAfter(<ConfigurationPanel />, READY, (store) => {
      store.editField("group.assignmentStart", "confusion");
      store.editField("group.warmupSteps", steps);
    });
    return textOf(markup);
  };
  expect(words("0")).toContain("the confusion start needs a network that has learned something");
  expect(words("150")).toContain("from confusions, after a warm-up");
  expect(words("150")).not.toContain("Not trainable yet");
});

test("differences from the preset are listed", () => {
  const words = textOf(renderAfter(<ConfigurationPanel />, READY, (store) => store.editField("seed", "97")));
  expect(words).toContain("Differences from the preset seed 1 97");
});

test("the speed here can be measured once there is a device, and stands there until the steps take another time", () => {
  expect(buttonNamed(renderAfter(<ConfigurationPanel />, []), "Measure on this device")).toContain("disabled");
  expect(buttonNamed(renderAfter(<ConfigurationPanel />, READY), "Measure on this device")).not.toContain("disabled");
  const config = presetConfig("tiny");
  const stage = { secondsAStep: 0.012, imagesASecond: 1333, stepsTimed: 10, deviceBytes: 45e6 };
  const stages = { group: stage, finetune: { ...stage, deviceBytes: 30e6 } };
  const probed: EngineEvent = { kind: "probed", probe: { config, classes: 6, device: "Example GPU", stages } };
  const words = textOf(renderAfter(<ConfigurationPanel />, [...READY, probed]));
  const seconds = Math.round(config.group.steps * 0.012);
  expect(words).toContain(`Grouping 12 1,333 ${seconds} s Fine-tuning 12 1,333`);
  expect(words).toContain("45.0 MB of GPU memory with the images of the data set. Medians of 20 steps.");
  const wider = renderAfter(<ConfigurationPanel />, [...READY, probed], (store) => store.editField("model.widen", "3"));
  expect(textOf(wider)).not.toContain("Medians of");
});

test("a measurement under way says how far it is and can be stopped", () => {
  const activity = { kind: "measuring", stage: "finetune", step: 4, steps: 10 } as const;
  const markup = renderAfter(<ConfigurationPanel />, [...READY, { kind: "activityChanged", activity }]);
  expect(markup).toMatch(/<progress[^>]*aria-label="Fine-tuning: step 4 of 10" value="4" max="10"/);
  expect(buttonNamed(markup, "Stop")).not.toBeNull();
});
