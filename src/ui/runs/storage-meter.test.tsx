import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import { renderAfter, textOf } from "../testing";
import { checkpointBytes, StorageMeter } from "./storage-meter";

const STORAGE = { used: 2e6, allowed: 1e10, persistent: false, dataset: 1e6, runs: {}, removed: 0 };
const PAPER = presetConfig("paper");

const shown = (changes: Partial<typeof STORAGE>) =>
  textOf(
    renderAfter(
      <StorageMeter storage={{ ...STORAGE, ...changes }} config={PAPER} classes={100} onKeep={async () => false} />,
      [],
    ),
  );

test("says how much is stored, and that the browser may remove it, until it has promised not to", () => {
  expect(shown({})).toMatch(/of about .* that the browser allows; data set .*may remove it.*Ask the browser to keep it/);
  expect(shown({})).not.toMatch(/removed/);
  expect(shown({ removed: 3e6 })).toMatch(/; data set 1.0 MB; 3.0 MB removed, but not freed\./);
  expect(shown({ persistent: true })).toMatch(/has promised to keep it/);
  expect(shown({ persistent: true })).not.toMatch(/Ask the browser/);
});

test("warns before a run whose checkpoints do not fit", () => {
  expect(shown({})).not.toMatch(/Delete old runs/);
  expect(shown({ used: 1e10 - 1e6 })).toMatch(/take up to .*Delete old runs and free their space before you start/);
});

test("checkpoints of the published network take several hundred megabytes", () => {
  expect(checkpointBytes(PAPER, 100)).toBeGreaterThan(5e8);
  expect(checkpointBytes(PAPER, 100)).toBeLessThan(1.2e9);
});
