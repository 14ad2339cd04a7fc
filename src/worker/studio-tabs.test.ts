import { describe, expect, test } from "vitest";
import { drawn, GPU, opened, openStores, pausedRun, wholeCurve, withSample } from "../../tests/support/studio";
import type { Compute } from "../engine/context";
import { exampleConfig, fakeCompute } from "../engine/testing";
import type { Command } from "../protocol/commands";
import type { StudioParts } from "./studio";
import { TestLocks, TestTabs } from "./testing";

/** One tab with a run paused in its memory, and a second one that looks on. */
async function twoTabs() {
  const locks = new TestLocks();
  const tabs = new TestTabs();
  const { page, group } = await pausedRun({ locks, tabs: tabs.open() });
  const second = await opened({ locks, tabs: tabs.open(), database: page.database });
  await second.send({ kind: "open" });
  await second.until((event) => event.kind === "elsewhereChanged" && event.elsewhere?.work === "training");
  const { datasets, runs } = await openStores(page.database);
  const stored = async () => [await runs.list(), await runs.readMetrics(page.runId()), await datasets.summary()];
  return { first: { ...page, stored }, second, group, runId: page.runId() };
}

describe("the Web Lock", () => {
  test("is held from the first to the last step of training", async () => {
    const log: string[] = [];
    const locks: StudioParts["locks"] = {
      async request(_name, _options, work) {
        log.push("locked");
        const value = await work({});
        log.push("released");
        return value;
      },
    };
    const compute: Compute = fakeCompute();
    const logging: Compute = {
      ...compute,
      fit: async function* (options) {
        log.push("training");
        const state = yield* compute.fit(options);
        log.push("trained");
        return state;
      },
    };
    const page = await withSample({ locks, openDevice: async () => ({ ...GPU, compute: logging }) });
    await page.send({ kind: "group", config: exampleConfig });
    // One lock that keeps others out, and one that they wait for.
    expect(log).toEqual([
      ...["locked", "locked", "released", "released"],
      ...["locked", "locked", "training", "trained", "released", "released"],
    ]);
  });

  test("of another tab refuses every request that would change something, and that tab trains on to the same curve", async () => {
    const { first, second, group, runId } = await twoTabs();
    const before = await first.stored();
    const refused: Command[] = [
      { kind: "useSampleData" },
      { kind: "importData", files: [new Blob(["x"])], names: ["x"] },
      { kind: "removeData" },
      { kind: "group", config: exampleConfig },
      { kind: "resume", runId },
      { kind: "split", runId },
      { kind: "evaluate", runId },
      { kind: "removeRun", runId },
      { kind: "loadRun", files: [new Blob(["x"])], names: ["x"], runId: null, config: null },
    ];
    for (const command of refused) await second.send(command);
    expect(second.of("requestFailed").map(({ error }) => error.message)).toEqual(
      refused.map(() => expect.stringContaining("another tab of the studio is training")),
    );
    expect(await first.stored()).toEqual(before);
    await first.send({ kind: "resume", runId });
    await group;
    expect(first.of("requestFailed")).toEqual([]);
    expect(drawn(first.events(), "group")).toEqual(await wholeCurve());
  });

  test("lets another tab look at the run, follow it and take over when it ends", async () => {
    const { first, second, group, runId } = await twoTabs();
    expect(second.of("elsewhereChanged").at(-1)?.elsewhere).toEqual({ work: "training", runId });
    await second.send({ kind: "openRun", runId });
    await second.send({ kind: "loadImages", label: null, count: 3 });
    await first.send({ kind: "checkpoint" });
    await first.until((event) => event.kind === "checkpointWritten");
    await second.until((event) => event.kind === "runOpened" && event.run.record.checkpointStep > 0);
    await first.send({ kind: "stop" });
    await group;
    await second.until((event) => event.kind === "elsewhereChanged" && event.elsewhere === null);
    await second.send({ kind: "resume", runId });
    expect(second.of("requestFailed")).toEqual([]);
    expect(drawn(second.events(), "group")).toEqual(await wholeCurve());
    await second.send({ kind: "removeRun", runId });
    await first.until((event) => event.kind === "runsListed" && event.runs.length === 0);
  });

  test("data that another tab has replaced is not trained on", async () => {
    const { first, second, group } = await twoTabs();
    await first.send({ kind: "stop" });
    await group;
    await second.until((event) => event.kind === "elsewhereChanged" && event.elsewhere === null);
    await second.send({ kind: "removeData" });
    await first.until((event) => event.kind === "datasetChanged" && event.dataset === null);
    await first.send({ kind: "group", config: exampleConfig });
    expect(first.of("requestFailed").at(-1)?.error.message).toMatch(/no data set/);
  });
});
