import { expect, test } from "vitest";
import { GPU, withSample } from "../../tests/support/studio";
import type { HostedPart, PartHost } from "../engine/branch-timing";
import { exampleConfig, fakeCompute } from "../engine/testing";
import { inferShapes } from "../model/shapes";
import type { StudioDevice } from "./device-keeper";
import type { StudioParts } from "./studio";

/** Answers values of the right size, as a network that gives 0.5 whatever it sees. */
function fakeHost(): PartHost {
  let [size, batches]: [number, number] = [0, 0];
  return {
    prepare: async ({ spec, output }: HostedPart, batch) => {
      const { height, width, channels } = inferShapes(spec).get(output)!;
      size = height * width * channels;
      batches = batch;
    },
    run: async () => new Float32Array(batches * size).fill(0.5),
    close: () => undefined,
  };
}

const device = (changes: Partial<StudioDevice> = {}): Pick<StudioParts, "openDevice"> => ({
  openDevice: async () => ({
    ...GPU,
    compute: fakeCompute(),
    kernels: Promise.resolve({ kind: "own" }),
    adapter: { ...GPU.adapter, limits: { maxStorageBufferBindingSize: 2 ** 27 } },
    ...changes,
  }),
});

async function split(parts: Partial<StudioParts>) {
  const page = await withSample({ openBranch: fakeHost, ...parts });
  await page.send({ kind: "group", config: exampleConfig });
  await page.send({ kind: "split", runId: page.runId() });
  return { page, runId: page.runId() };
}

test("a split run's branches are timed with progress, and the page is told what each batch took", async () => {
  const { page, runId } = await split(device());
  await page.send({ kind: "timeBranches", runId });
  expect(page.of("requestFailed")).toEqual([]);
  const { timing } = page.of("branchesTimed")[0]!;
  expect(timing).toMatchObject({ runId, device: "a stand-in", software: true, devices: 3 });
  expect(timing.batches.map(({ batch }) => batch)).toEqual([1, 4, 16, 64, 256]);
  for (const { seconds, difference } of timing.batches) {
    expect(seconds?.parallel).toBeGreaterThanOrEqual(0);
    expect(difference).toBe(0);
  }
  const activities = page.of("activityChanged").map(({ activity }) => activity);
  expect(activities.some((activity) => activity.kind === "timing")).toBe(true);
  expect(activities.at(-1)).toEqual({ kind: "idle" });
});

test("a stop ends the timing without a failure, even while a device computes", async () => {
  const openBranch = (): PartHost => {
    let reject: (error: Error) => void = () => undefined;
    return {
      prepare: async () => undefined,
      run: () =>
        new Promise((_, fail) => {
          reject = fail;
        }),
      close: () => reject(new Error("closed")),
    };
  };
  const { page, runId } = await split({ ...device(), openBranch });
  const timing = page.send({ kind: "timeBranches", runId });
  await page.until((event) => event.kind === "activityChanged" && event.activity.kind === "timing");
  await new Promise((resolve) => setTimeout(resolve, 50));
  await page.send({ kind: "stop" });
  await timing;
  expect(page.of("branchesTimed")).toEqual([]);
  expect(page.of("requestFailed")).toEqual([]);
});

test("a run that is not split, and a device that gets our kernels wrong, are refused with a reason", async () => {
  const { page, runId } = await split(device({ kernels: Promise.resolve({ kind: "stock", reason: "loss l2: 3 instead of 2" }) }));
  await page.send({ kind: "timeBranches", runId });
  expect(page.of("requestFailed").at(-1)?.error.message).toContain("gets wrong: loss l2: 3 instead of 2");
  await page.send({ kind: "group", config: { ...exampleConfig, seed: 2 } });
  await page.send({ kind: "timeBranches", runId: page.runId() });
  expect(page.of("requestFailed").at(-1)?.error.message).toContain("is grouped, but not split yet");
});
