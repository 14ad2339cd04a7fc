import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { browserTunings } from "./browser/values";

test("a tuning is read back by its key, also after a reload, and nothing where nothing was written", async () => {
  const value = { adapter: "hardware", shapes: { "forward 3x3": { kernel: "tiled-64" } } };
  await browserTunings().write("a device", value);
  const reloaded = browserTunings();
  expect(await reloaded.read("a device")).toEqual(value);
  expect(await reloaded.read("another device")).toBeUndefined();
});
