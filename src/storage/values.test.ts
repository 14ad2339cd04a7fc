import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { browserQueue, browserTunings } from "./browser/values";

test("a tuning is read back by its key, also after a reload, and nothing where nothing was written", async () => {
  const value = { adapter: "hardware", shapes: { "forward 3x3": { kernel: "tiled-64" } } };
  await browserTunings().write("a device", value);
  const reloaded = browserTunings();
  expect(await reloaded.read("a device")).toEqual(value);
  expect(await reloaded.read("another device")).toBeUndefined();
});

test("the queue is read back after a reload, and is kept apart from tunings", async () => {
  const queue = { version: 1, nextId: 1, entries: [{ id: 0 }] };
  await browserQueue().write("queue", queue);
  expect(await browserQueue().read("queue")).toEqual(queue);
  expect(await browserTunings().read("queue")).toBeUndefined();
});
