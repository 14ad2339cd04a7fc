import { expect, test } from "vitest";
import { presetConfig } from "../model/presets";
import type { ProbeView } from "../protocol/views";
import { probeFor, secondsOf, withProbe } from "./probes";

const config = presetConfig("quick");
const stage = { secondsAStep: 0.1, imagesASecond: 900, stepsTimed: 10, deviceBytes: null };
const probe: ProbeView = {
  config,
  classes: 100,
  device: "a GPU",
  stages: { group: stage, finetune: { ...stage, secondsAStep: 0.05 } },
};

test("a measurement holds for configurations whose steps take as long, and for no others", () => {
  const probes = withProbe([], probe);
  const found = (changed: Partial<typeof config>, of: Partial<ProbeView> = {}) =>
    probeFor(probes, { ...probe, ...of, config: { ...config, ...changed } });
  expect(found({ seed: 9, group: { ...config.group, steps: 7, learningRate: 1 } })).toBe(probe);
  expect(found({ group: { ...config.group, batchSize: 1 } })).toBeNull();
  expect(found({ model: { ...config.model, widen: 9 } })).toBeNull();
  expect(found({ precision: "f16" })).toBeNull();
  expect(found({}, { device: "another GPU" })).toBeNull();
  expect(found({}, { classes: 10 })).toBeNull();
});

test("a new measurement of the same replaces the older one", () => {
  const again = { ...probe, config: { ...config, seed: 5 } };
  expect(withProbe(withProbe([], probe), again)).toEqual([again]);
  expect(withProbe([probe], { ...probe, device: "another GPU" })).toHaveLength(2);
});

test("the time of a stage is that of its steps", () => {
  const short = { ...config, group: { ...config.group, steps: 1000 }, finetune: { ...config.finetune, steps: 400 } };
  const seconds = secondsOf(probe, short);
  expect([seconds.group, seconds.finetune, seconds.both].map((value) => value.toFixed(6))).toEqual([
    "100.000000",
    "20.000000",
    "120.000000",
  ]);
});
