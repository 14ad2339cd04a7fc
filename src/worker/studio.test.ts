import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DivergenceError } from "../base/errors";
import type { Compute } from "../engine/context";
import { exampleConfig, type FakeFaults, fakeCompute } from "../engine/testing";
import type { Metric } from "../model/run";
import type { Command } from "../protocol/commands";
import { type EngineEvent, type EventMessage, PROTOCOL_VERSION } from "../protocol/events";
import { openFolder } from "../storage/folder/open";
import type { StudioDevice } from "./device-keeper";
import { Studio, type StudioParts } from "./studio";
import { TestLocks, TestTabs } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const GPU: StudioDevice = {
  report: { kind: "software", description: "a stand-in", features: [], maxBufferBytes: 1024 },
  lost: new Promise(() => undefined),
  close: () => undefined,
  compute: fakeCompute(),
  kernels: new Promise(() => undefined),
};

/** A studio over a folder; a second one over the same folder is a reloaded page. */
async function opened(parts: Partial<StudioParts> & { root?: string; faults?: FakeFaults } = {}) {
  const root = parts.root ?? (await mkdtemp(join(tmpdir(), "splitnet-studio-")));
  if (parts.root === undefined) folders.push(root);
  const messages: EventMessage[] = [];
  const waiting = new Set<() => void>();
  let clock = Date.UTC(2024, 0, 31, 12);
  const studio = new Studio({
    openStores: async () => openFolder(root),
    openDevice: async () => ({ ...GPU, compute: fakeCompute(parts.faults) }),
    browser: { userAgent: "test", isSecureContext: true, hasWebGpu: true },
    locks: null,
    tabs: null,
    estimateStorage: async () => null,
    now: () => (clock += 10),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    ...parts,
    post: (message) => {
      messages.push(message);
      for (const check of waiting) check();
    },
  });
  let nextId = 0;
  const events = (): EngineEvent[] => messages.map((message) => message.event);
  const of = <Kind extends EngineEvent["kind"]>(kind: Kind) =>
    events().filter((event): event is Extract<EngineEvent, { kind: Kind }> => event.kind === kind);
  return {
    root,
    studio,
    messages,
    events,
    of,
    send: (command: Command) => studio.receive({ version: PROTOCOL_VERSION, id: nextId++, command }),
    /** Resolves once an event has that property; looks at past events too. */
    until: (property: (event: EngineEvent) => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!events().some(property)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    runId: () => of("runOpened").at(-1)!.run.record.id,
  };
}

type Opened = Awaited<ReturnType<typeof opened>>;

async function withSample(parts: Parameters<typeof opened>[0] = {}): Promise<Opened> {
  const page = await opened(parts);
  await page.send({ kind: "useSampleData" });
  return page;
}

/** Losses by step of a stage as the page would draw them, rewinding where it is told to. */
function drawn(events: readonly EngineEvent[], stage: "group" | "finetune"): Map<number, number> {
  const losses = new Map<number, number>();
  const draw = (metrics: readonly Metric[]) => {
    for (const metric of metrics) if (metric.kind === "step" && metric.stage === stage) losses.set(metric.step, metric.total);
  };
  for (const event of events) {
    if (event.kind === "runOpened") {
      losses.clear();
      draw(event.run.metrics);
    }
    if (event.kind === "metricsRecorded") draw(event.metrics);
    if (event.kind === "metricsRewound" && event.stage === stage) {
      for (const step of losses.keys()) if (step >= event.step) losses.delete(step);
    }
  }
  return losses;
}

let curve: Promise<Map<number, number>> | undefined;

/** Losses of stage 1 when nothing interrupts it. */
function wholeCurve(): Promise<Map<number, number>> {
  curve ??= trainedCurve();
  return curve;
}

async function trainedCurve(): Promise<Map<number, number>> {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  return drawn(page.events(), "group");
}

/** One tab with a run paused in its memory, and a second one that looks on. */
async function twoTabs() {
  const locks = new TestLocks();
  const tabs = new TestTabs();
  const { page, group } = await pausedRun({ locks, tabs: tabs.open() });
  const second = await opened({ locks, tabs: tabs.open(), root: page.root });
  await second.send({ kind: "open" });
  await second.until((event) => event.kind === "elsewhereChanged" && event.elsewhere?.work === "training");
  const { datasets, runs } = openFolder(page.root);
  const stored = async () => [await runs.list(), await runs.readMetrics(page.runId()), await datasets.summary()];
  return { first: { ...page, stored }, second, group, runId: page.runId() };
}

const paused = (event: EngineEvent) => event.kind === "activityChanged" && event.activity.kind === "paused";

/** Stage 1 asked to pause as soon as it trains. */
async function pausedRun(parts: Parameters<typeof opened>[0] = {}) {
  const page = await withSample(parts);
  const group = page.send({ kind: "group", config: exampleConfig });
  await page.until((event) => event.kind === "metricsRecorded");
  await page.send({ kind: "pause" });
  await page.until(paused);
  return { page, group };
}

test("the whole job: sample data, group, split, evaluate, export", async () => {
  const page = await withSample();
  await page.send({ kind: "open" });
  expect(page.of("deviceProbed").map((event) => event.device.kind)).toEqual(["probing", "software"]);
  expect(page.of("datasetChanged").at(-1)?.dataset).toMatchObject({ source: "sample data", validationCount: 120 });
  await page.send({ kind: "group", config: exampleConfig });
  expect(drawn(page.events(), "group").size).toBe(exampleConfig.group.steps);
  expect(
    page
      .of("assignmentsChanged")
      .at(-1)
      ?.assignments.find((view) => view.space === "classes"),
  ).toMatchObject({ groups: 2 });
  const runId = page.runId();
  await page.send({ kind: "split", runId });
  expect(page.of("splitPlanned").at(-1)?.classGroups).toHaveLength(12);
  expect(page.of("runChanged").at(-1)?.record.phase).toBe("finetuned");
  await page.send({ kind: "evaluate", runId });
  expect(page.of("evaluated").at(-1)?.evaluation.split?.count).toBe(300);
  await page.send({ kind: "export", runId });
  expect(page.of("exported").at(-1)?.file.size).toBeGreaterThan(1000);
  expect(page.of("requestFailed")).toEqual([]);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});

test("messages are numbered from 0 without gaps and carry the version", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.messages.length).toBeGreaterThan(20);
  expect(page.messages.map((message) => message.sequence)).toEqual(page.messages.map((_, index) => index));
  expect(new Set(page.messages.map((message) => message.version))).toEqual(new Set([PROTOCOL_VERSION]));
});

describe("a message that is not a command is answered, not obeyed", () => {
  test.each([
    ["nothing", undefined, -1, /version/],
    ["another version", { version: 99, id: 4, command: { kind: "open" } }, 4, /version 99/],
    ["an unknown kind", { version: PROTOCOL_VERSION, id: 5, command: { kind: "dance" } }, 5, /command/],
    ["a field too many", { version: PROTOCOL_VERSION, id: 6, command: { kind: "open", more: 1 } }, 6, /more/],
    ["an impossible configuration", { version: PROTOCOL_VERSION, id: 7, command: { kind: "group", config: {} } }, 7, /config/],
  ])("%s", async (_what, message, requestId, cause) => {
    const page = await opened();
    await page.studio.receive(message);
    expect(page.events()).toHaveLength(1);
    expect(page.of("requestFailed")[0]).toMatchObject({
      requestId,
      error: { name: "RequestError", message: expect.stringMatching(cause) },
    });
  });
});

test("while a run trains every other long request is refused and the run goes on", async () => {
  const { page, group } = await pausedRun();
  const runId = page.runId();
  const refused: Command[] = [
    { kind: "useSampleData" },
    { kind: "importData", files: [new Blob(["x"])], names: ["x"] },
    { kind: "group", config: exampleConfig },
    { kind: "evaluate", runId },
    { kind: "split", runId },
    { kind: "export", runId },
    { kind: "resume", runId: "other" },
    { kind: "removeData" },
    { kind: "removeRun", runId },
  ];
  for (const command of refused) await page.send(command);
  expect(page.of("requestFailed").map((event) => event.error.name)).toEqual(refused.map(() => "RequestError"));
  await page.send({ kind: "resume", runId });
  await group;
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "grouped", failure: null });
});

test("requests that need a training run are refused without one", async () => {
  const page = await withSample();
  for (const kind of ["pause", "stop", "checkpoint"] as const) await page.send({ kind });
  await page.send({ kind: "resume", runId: "nothing" });
  await page.send({ kind: "openRun", runId: "nothing" });
  await page.send({ kind: "openRun", runId: "../secrets" });
  expect(page.of("requestFailed").map((event) => event.requestId)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const { error } of page.of("requestFailed")) expect(error.cure).not.toMatch(/fault of the program/);
});

test("pause, then resume, gives the curve of a run that never paused", async () => {
  const { page, group } = await pausedRun();
  const before = page.messages.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(page.messages).toHaveLength(before);
  await page.send({ kind: "checkpoint" });
  await page.until((event) => event.kind === "checkpointWritten");
  await page.send({ kind: "resume", runId: page.runId() });
  await group;
  expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
});

test("stop writes a checkpoint; a page loaded anew opens the run and resumes it to the same curve", async () => {
  const { page, group } = await pausedRun();
  await page.send({ kind: "stop" });
  await group;
  expect(page.of("checkpointWritten")).toHaveLength(1);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
  const reloaded = await opened({ root: page.root });
  await reloaded.send({ kind: "open" });
  expect(reloaded.of("runsListed").at(-1)?.runs).toHaveLength(1);
  expect(reloaded.of("runOpened").at(-1)?.run.record).toMatchObject({ phase: "grouping", checkpointStep: 2 });
  expect(reloaded.of("assignmentsChanged").at(-1)).toMatchObject({ step: 2 });
  await reloaded.send({ kind: "resume", runId: reloaded.runId() });
  expect(reloaded.of("runChanged").at(-1)?.record.phase).toBe("grouped");
  expect(drawn(reloaded.events(), "group")).toEqual(await wholeCurve());
});

test("a run saved in one browser is loaded in another and goes on to the same curve", async () => {
  const { page, group } = await pausedRun();
  await page.send({ kind: "stop" });
  await group;
  await page.send({ kind: "saveRun", runId: page.runId() });
  const saved = page.of("runSaved").at(-1)!;
  expect(saved.fileName).toMatch(/^splitnet-run-.*\.zip$/);
  const other = await withSample();
  await other.send({ kind: "loadRun", file: saved.file });
  expect(other.runId()).toBe(page.runId());
  await other.send({ kind: "resume", runId: other.runId() });
  expect(drawn(other.events(), "group")).toEqual(await wholeCurve());
  await other.send({ kind: "loadRun", file: new Blob(["no zip"]) });
  expect(other.of("requestFailed").at(-1)?.error).toMatchObject({ name: "CheckpointError" });
});

test("a page closed while a run was paused resumes it from its last checkpoint to the same curve", async () => {
  const { page } = await pausedRun();
  const reloaded = await opened({ root: page.root });
  await reloaded.send({ kind: "open" });
  await reloaded.send({ kind: "resume", runId: page.runId() });
  expect(drawn(reloaded.events(), "group")).toEqual(await wholeCurve());
});

test("opening the run in training shows also what is not stored yet", async () => {
  const page = await withSample();
  const group = page.send({ kind: "group", config: exampleConfig });
  await page.until((event) => event.kind === "metricsRecorded");
  const seen = drawn(page.events(), "group").size;
  await page.send({ kind: "openRun", runId: page.runId() });
  expect(page.of("runOpened").at(-1)?.run.metrics.length).toBeGreaterThanOrEqual(seen);
  await group;
  expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
});

test("a failure is told under the id of its request, is stored, and leaves the engine free", async () => {
  const error = new DivergenceError("the loss is not finite", "Lower the learning rate.");
  const page = await withSample({ faults: { failAtStep: 6, error } });
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.of("requestFailed")).toMatchObject([{ requestId: 1, error: { name: "DivergenceError", cure: error.cure } }]);
  expect(page.of("runChanged").at(-1)?.record.failure).toMatchObject({ name: "DivergenceError" });
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});

test("damaged files import nothing and leave the stored data set", async () => {
  const page = await withSample();
  await page.send({ kind: "importData", files: [new Blob(["not an archive"])], names: ["cifar.tar.gz"] });
  await page.send({ kind: "importData", files: [new Blob(["a"]), new Blob(["b"])], names: ["a"] });
  expect(page.of("requestFailed").map((event) => event.error.name)).toEqual(["ArchiveError", "RequestError"]);
  const reloaded = await opened({ root: page.root });
  await reloaded.send({ kind: "open" });
  expect(reloaded.of("datasetChanged").at(-1)?.dataset).toMatchObject({ source: "sample data" });
});

test("images come with their classes: of one class, or of all in turn", async () => {
  const page = await withSample();
  await page.send({ kind: "loadImages", label: null, count: 30 });
  await page.send({ kind: "loadImages", label: 5, count: 3 });
  await page.send({ kind: "loadImages", label: 12, count: 3 });
  const [mixture, ofClass] = page.of("imagesLoaded");
  expect(mixture!.labels).toEqual(Array.from({ length: 30 }, (_, i) => i % 12));
  expect(mixture!.rgba).toHaveLength(30 * 4096);
  expect(ofClass!.labels).toEqual([5, 5, 5]);
  expect(page.of("requestFailed")).toHaveLength(1);
});

test("without data nothing trains; removing the data set says so", async () => {
  const page = await withSample();
  await page.send({ kind: "removeData" });
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.of("datasetChanged").at(-1)).toEqual({ kind: "datasetChanged", dataset: null });
  expect(page.of("requestFailed")[0]?.error.cure).toMatch(/Use sample data/);
});

test("removing the run looked at opens another one", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  const first = page.runId();
  await page.send({ kind: "group", config: exampleConfig });
  const second = page.runId();
  await page.send({ kind: "removeRun", runId: second });
  expect(
    page
      .of("runsListed")
      .at(-1)
      ?.runs.map((record) => record.id),
  ).toEqual([first]);
  expect(page.runId()).toBe(first);
});

describe("the device", () => {
  test("missing is said with a cure, data and runs are there all the same, and the next request looks again", async () => {
    let there = false;
    const openDevice = async () => {
      if (!there) throw new Error("no adapter");
      return GPU;
    };
    const page = await withSample({ openDevice });
    await page.send({ kind: "open" });
    expect(page.of("deviceProbed").at(-1)?.device).toMatchObject({ kind: "missing", error: { name: "DeviceError" } });
    expect(page.of("datasetChanged").at(-1)?.dataset).not.toBeNull();
    await page.send({ kind: "group", config: exampleConfig });
    expect(page.of("requestFailed")[0]?.error.name).toBe("DeviceError");
    there = true;
    await page.send({ kind: "group", config: exampleConfig });
    expect(page.of("runChanged").at(-1)?.record.phase).toBe("grouped");
  });

  test("that got our kernels wrong is told again with the reason, once that is known", async () => {
    const kernels = { kind: "stock", reason: "grouping step: loss l2: 3 instead of 2" } as const;
    const page = await opened({ openDevice: async () => ({ ...GPU, kernels: Promise.resolve(kernels) }) });
    await page.send({ kind: "open" });
    await page.until(() => page.of("deviceProbed").length === 3);
    const [, found, tested] = page.of("deviceProbed").map(({ device }) => device);
    expect(found).toEqual({ ...GPU.report, kernels: { kind: "untested" } });
    expect(tested).toEqual({ ...GPU.report, kernels });
  });

  test("lost is closed and opened anew", async () => {
    let lose: (reason: string) => void = () => undefined;
    let closed = 0;
    const lost = new Promise<string>((resolve) => (lose = resolve));
    const devices = [{ ...GPU, lost, close: () => void closed++ }, GPU];
    const page = await opened({ openDevice: async () => devices.shift()! });
    await page.send({ kind: "open" });
    lose("driver was reset");
    await page.until(() => page.of("deviceProbed").length === 4);
    expect(closed).toBe(1);
    expect(devices).toEqual([]);
  });
});

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
