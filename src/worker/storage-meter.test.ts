import { expect, test } from "vitest";
import type { StorageView } from "../protocol/views";
import { storageFailure } from "../storage/failure";
import { exampleRecord } from "../storage/testing";
import { browserEstimate, StorageMeter } from "./storage-meter";

const ESTIMATE = { used: 70, allowed: 1000, persistent: false };

function stores(bytes: () => Promise<number>) {
  const datasets = { byteLength: async () => 50, removed: async () => null };
  const runs = {
    list: async () => [exampleRecord("a")],
    removed: async () => [{ id: "b" }, { id: "c" }],
    byteLength: bytes,
  };
  return { datasets, runs } as unknown as Parameters<StorageMeter["measure"]>[0];
}

function meter(clock: () => number = () => 0) {
  const published: StorageView[] = [];
  const own = new StorageMeter({ estimate: async () => ESTIMATE, publish: (view) => published.push(view), now: clock });
  return { own, published };
}

test("what is stored is told, with the size of every run and of what was removed", async () => {
  const { own, published } = meter();
  await own.measure(stores(async () => 20));
  expect(published).toEqual([{ ...ESTIMATE, dataset: 50, runs: { a: 20 }, removed: 40 }]);
});

test("following measures at most every ten seconds", async () => {
  let now = 0;
  const { own, published } = meter(() => now);
  for (const time of [0, 5_000, 9_999, 10_000]) {
    now = time;
    await own.follow(stores(async () => 20));
  }
  expect(published).toHaveLength(2);
});

test("what cannot be measured is not shown, and fails nothing", async () => {
  const { own, published } = meter();
  await own.measure(stores(() => Promise.reject(storageFailure("measuring", new Error("gone")))));
  expect(published).toEqual([]);
});

test("a browser that does not tell has no estimate", async () => {
  expect(await browserEstimate(undefined)).toBeNull();
  const silent = { estimate: async () => ({}) } as unknown as StorageManager;
  expect(await browserEstimate(silent)).toBeNull();
  const telling = { estimate: async () => ({ usage: 1, quota: 2 }), persisted: async () => true } as unknown as StorageManager;
  expect(await browserEstimate(telling)).toEqual({ used: 1, allowed: 2, persistent: true });
});
