import { expect, test } from "vitest";
import { asPublished, fidelityRules } from "./fidelity";
import { PRESET_NAMES, presetConfig } from "./presets";

test("published rules are those of the published code, and sound ones differ in each of them", () => {
  const [sound, published] = [fidelityRules("sound"), fidelityRules("published")];
  // cifar100.py:84 draws from range(8); utils.py:17 drops without asking whether it trains; utils.py:211 and cifar100.py:103 add nothing.
  expect(published).toEqual({ cropOffsets: 8, dropoutInEvaluation: true, groupLassoEpsilon: 0, whiteningGuard: 0 });
  const names = Object.keys(sound) as (keyof typeof sound)[];
  expect(names.filter((name) => sound[name] === published[name])).toEqual([]);
});

test.each(PRESET_NAMES)("of %s published mode changes the rules and the order of the second stage, and nothing else", (name) => {
  const config = presetConfig(name);
  expect(asPublished(config)).toEqual({ ...config, fidelity: "published", blockOrder: "post-activation" });
});

test("only the preset that says so is published mode", () => {
  const ways = PRESET_NAMES.map((name) => [name, presetConfig(name).fidelity, presetConfig(name).blockOrder]);
  for (const [name, fidelity, blockOrder] of ways) {
    const published = name === "published";
    expect([fidelity, blockOrder]).toEqual(published ? ["published", "post-activation"] : ["sound", "pre-activation"]);
  }
});
