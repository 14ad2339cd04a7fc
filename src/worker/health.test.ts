import { expect, test } from "vitest";
import { GPU, opened, withSample } from "../../tests/support/studio";
import { exampleConfig } from "../engine/testing";

test("health tells device, memory, storage and browser, and the speed of what was trained, now and as a median", async () => {
  const page = await withSample();
  await page.send({ kind: "open" });
  await page.send({ kind: "readHealth" });
  await page.send({ kind: "group", config: exampleConfig });
  await page.send({ kind: "readHealth" });
  const [before, after] = page.of("healthRead").map(({ health }) => health);
  expect(before).toMatchObject({
    speed: null,
    storage: { filesIn: "IndexedDB", estimate: null },
    browser: { userAgent: "test" },
  });
  const kernels = { kind: "untested" } as const;
  expect(before!.device).toEqual({ ...GPU.adapter, software: true, features: [], kernels, bytes: 4096, buffers: 2 });
  // The stand-in reports 100 images a second, four a step.
  const speed = { now: 100, median: 100 };
  expect(after!.speed).toEqual({ stage: "group", imagesASecond: speed, millisecondsAStep: { now: 40, median: 40 } });
});

test("asking opens no device, and a device or storage that is missing is no failure", async () => {
  let asked = 0;
  const openDevice = () => {
    asked++;
    return Promise.reject(new Error("no adapter"));
  };
  const refused = () => Promise.reject(new Error("refused"));
  const page = await opened({ openDevice, openStores: refused, estimateStorage: refused });
  await page.send({ kind: "readHealth" });
  expect(page.of("healthRead")[0]!.health).toMatchObject({ device: null, storage: { filesIn: null, estimate: null } });
  expect(asked).toBe(0);
  expect(page.of("requestFailed")).toEqual([]);
});
