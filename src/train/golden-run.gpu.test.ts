import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenDevice, openDevice } from "../kernels/device";
import { parseFixture } from "../model/golden";
import { runGolden } from "./golden-run";

const folder = new URL("../../tests/fixtures/", import.meta.url);
const fixtures = readdirSync(folder).filter((name) => name.endsWith(".json"));

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

/** Allowed error of each key: losses relative, norms and penalty gradients relative, logits relative to the largest, the rest exact. */
function allowed(key: string, expected: number, largest: number): number {
  if (key === "losses") return 2e-4 * Math.abs(expected);
  if (key === "gradientNormStep0") return 1e-3 * Math.abs(expected);
  if (key === "cases" || /logits/i.test(key)) return 1e-3 * largest;
  return 0;
}

/** Numbers of nested JSON by path, so that a missing or extra one shows. */
function numbersOf(value: unknown, path = "", found = new Map<string, number>()): Map<string, number> {
  if (typeof value === "number") found.set(path, value);
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) numbersOf(inner, `${path}/${key}`, found);
  }
  return found;
}

test.each(fixtures)("the device reproduces %s", { timeout: 120_000 }, async (name) => {
  const json: Record<string, unknown> = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  const expected = (json.expect ?? { cases: json.cases }) as Record<string, unknown>;
  const actual = await runGolden(device.device, parseFixture(json));
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) {
    const [want, got] = [numbersOf(value), numbersOf(actual[key])];
    expect([...got.keys()].sort(), key).toEqual([...want.keys()].sort());
    const largest = Math.max(...[...want.values()].map(Math.abs));
    for (const [path, number] of want) {
      expect(Math.abs(got.get(path)! - number), `${key}${path}`).toBeLessThanOrEqual(allowed(key, number, largest));
    }
  }
});
