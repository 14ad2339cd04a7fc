import { expect, test } from "vitest";
import { damageFile, GPU, opened, withSample } from "../../tests/support/studio";
import type { Compute } from "../engine/context";
import { exampleConfig, fakeCompute } from "../engine/testing";
import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import { TestLocks, TestTabs } from "./testing";

const doing = (kind: string) => (event: EngineEvent) => event.kind === "activityChanged" && event.activity.kind === kind;
const retaking = (event: EngineEvent) => event.kind === "runTroubled" && event.trouble.kind === "retaking";

/** A run that is grouped and split, in a tab of its own, and another tab that looks at it. */
async function finishedRun() {
  const [locks, tabs] = [new TestLocks(), new TestTabs()];
  const page = await withSample({ locks, tabs: tabs.open() });
  await page.send({ kind: "group", config: exampleConfig });
  await page.send({ kind: "split", runId: page.runId() });
  const damage = () => damageFile(page.database, page.runId(), "group.safetensors");
  const other = await opened({ database: page.database, locks, tabs: tabs.open() });
  await other.send({ kind: "open" });
  return { page, other, damage, runId: page.runId() };
}

test("an export that takes steps again shows them, can be paused, and keeps other tabs from changing anything", async () => {
  const { page, other, damage, runId } = await finishedRun();
  await damage();
  const before = page.messages.length;
  const exporting = page.send({ kind: "export", runId });
  await page.until(retaking);
  await page.send({ kind: "pause" });
  await page.until(doing("paused"));
  await other.send({ kind: "removeRun", runId });
  expect(other.of("requestFailed").at(-1)?.error.message).toMatch(/another tab/);
  await page.send({ kind: "resume", runId });
  await exporting;
  expect(page.of("exported")).toHaveLength(1);
  const events = page.messages.slice(before).map(({ event }) => event);
  const kinds = events.flatMap((event) => (event.kind === "activityChanged" ? [event.activity.kind] : []));
  const changes = kinds.filter((kind, index) => kind !== kinds[index - 1]);
  expect(changes).toEqual(["exporting", "training", "paused", "training", "exporting", "idle"]);
  expect(page.of("requestFailed")).toEqual([]);
});

test("an export that takes steps again can be stopped, one that does not cannot", async () => {
  const { page, damage, runId } = await finishedRun();
  const whole = page.send({ kind: "export", runId });
  for (const kind of ["pause", "stop"] as const) await page.send({ kind });
  await whole;
  expect(page.of("requestFailed")).toHaveLength(2);
  await damage();
  const stopped = page.send({ kind: "export", runId });
  await page.until(retaking);
  await page.send({ kind: "stop" });
  await stopped;
  expect(page.of("exported")).toHaveLength(1);
  expect(page.of("requestFailed")).toHaveLength(2);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});

test("an export that measures smaller weights shows how far it is and can be stopped meanwhile", async () => {
  const page = await withSample({ openDevice: async () => ({ ...GPU, compute: slowToEvaluate() }) });
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await page.send({ kind: "split", runId });
  const command = { kind: "export", runId, variants: ["float16", "int8"] } satisfies Command;
  const before = page.messages.length;
  const stopped = page.send(command);
  await page.until(doing("evaluating"));
  await page.send({ kind: "stop" });
  await stopped;
  expect(page.of("exported")).toEqual([]);
  await page.send(command);
  expect(page.of("exported")).toHaveLength(1);
  expect(page.of("requestFailed")).toEqual([]);
  const activities = page.messages
    .slice(before)
    .flatMap(({ event }) => (event.kind === "activityChanged" ? [event.activity] : []));
  const kinds = activities.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]);
  const [start, end] = [
    ["exporting", "evaluating"],
    ["exporting", "idle"],
  ];
  expect(kinds).toEqual([...start, "idle", ...start, ...end]);
  // 300 test images as they are and in two variants.
  expect(activities.find(({ kind }) => kind === "evaluating")).toMatchObject({ imagesTotal: 900 });
});

/** Classifies nothing before others had their turn. */
function slowToEvaluate(): Compute {
  const compute = fakeCompute();
  return {
    ...compute,
    evaluate: async (...call) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return compute.evaluate(...call);
    },
  };
}

test("a stop while a split takes steps again leaves the run grouped", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await damageFile(page.database, runId, "group.safetensors");
  const split = page.send({ kind: "split", runId });
  await page.until(retaking);
  await page.send({ kind: "stop" });
  await split;
  expect(page.of("requestFailed")).toEqual([]);
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "grouped" });
  await page.send({ kind: "split", runId });
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "finetuned" });
});
