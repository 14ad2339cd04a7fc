import { describe, expect, test } from "vitest";
import { drawn, opened, openStores, queueValues, wholeCurve, withSample } from "../../tests/support/studio";
import { DivergenceError } from "../base/errors";
import { exampleConfig } from "../engine/testing";
import { configFingerprint } from "../model/fingerprint";
import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import { TestLocks, TestTabs } from "./testing";

type Page = Awaited<ReturnType<typeof opened>>;

/** Adds the example configuration with these seeds. */
const add = (page: Page, ...seeds: number[]) =>
  page.send({ kind: "enqueue", sweep: { name: "test", config: exampleConfig, seeds } });
const queueOf = (page: Page) => page.of("queueChanged").at(-1)!.queue;
const statesOf = (page: Page) => queueOf(page).entries.map(({ state }) => state.kind);
const failures = (page: Page) => page.of("requestFailed").map(({ error }) => error.message);
const storedRuns = async (page: Page) => (await openStores(page.database)).runs.list();

/** Resolves once the run of that seed has trained a step. */
const trains = (page: Page, seed: number) => {
  const isOf = (event: EngineEvent) => event.kind === "runOpened" && event.run.record.config.seed === seed;
  return page.until((event) => event.kind === "metricsRecorded" && page.events().some(isOf) && page.runId() === event.runId);
};

describe("working the queue off", () => {
  test("trains its runs one after the other through every stage, each an ordinary run that is opened when it begins", async () => {
    const page = await withSample();
    await add(page, 1, 2);
    expect(statesOf(page)).toEqual(["waiting", "waiting"]);
    expect(await storedRuns(page)).toEqual([]);
    await page.send({ kind: "startQueue" });
    expect(failures(page)).toEqual([]);
    expect(statesOf(page)).toEqual(["finished", "finished"]);
    const runs = await storedRuns(page);
    expect(runs).toHaveLength(2);
    for (const run of runs) expect(run).toMatchObject({ phase: "finetuned", evaluated: true, failure: null });
    expect(page.of("runOpened").map(({ run }) => run.record.config.seed)).toEqual([1, 2]);
    expect([queueOf(page).running, page.of("queueChanged").some(({ queue }) => queue.running)]).toEqual([false, true]);
    expect(page.of("activityChanged").filter(({ activity }) => activity.kind === "idle")).toHaveLength(2);
    await page.send({ kind: "startQueue" });
    expect(failures(page)).toEqual(["no run waits in the queue"]);
  });

  test("gives a run the numbers that it has without a queue", async () => {
    const page = await withSample();
    await add(page, exampleConfig.seed);
    await page.send({ kind: "startQueue" });
    expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
  });

  test("refuses what would need its place, says that the queue is at work, and can be added to meanwhile", async () => {
    const page = await withSample();
    await add(page, 1);
    const work = page.send({ kind: "startQueue" });
    await trains(page, 1);
    const refused: Command[] = [
      { kind: "group", config: exampleConfig },
      { kind: "evaluate", runId: page.runId() },
      { kind: "startQueue" },
    ];
    for (const command of refused) await page.send(command);
    expect(failures(page)).toEqual(refused.map(() => "the engine is busy with the queue of runs"));
    await add(page, 2);
    await work;
    expect(statesOf(page)).toEqual(["finished", "finished"]);
  });

  test("goes on after a run that fails, which says why and has another turn where it stood", async () => {
    const error = new DivergenceError("the loss is not finite", "Lower the learning rate.");
    const page = await withSample({ faults: { failAtStep: 6, error } });
    await add(page, 1, 2);
    await page.send({ kind: "startQueue" });
    expect(statesOf(page)).toEqual(["failed", "finished"]);
    expect(queueOf(page).entries[0]?.state).toMatchObject({ error: { message: error.message, cure: error.cure } });
    expect(failures(page)).toEqual([]);
    await page.send({ kind: "retryQueued", id: 0 });
    await page.send({ kind: "startQueue" });
    expect(statesOf(page)).toEqual(["finished", "finished"]);
    expect(await storedRuns(page)).toHaveLength(2);
  });

  test("ends where there is no device, because every run would fail, and leaves all of them waiting", async () => {
    const page = await withSample({
      openDevice: async () => {
        throw new Error("no adapter");
      },
    });
    await add(page, 1, 2);
    await page.send({ kind: "startQueue" });
    expect(page.of("requestFailed").map(({ error }) => error.name)).toEqual(["DeviceError"]);
    expect(statesOf(page)).toEqual(["waiting", "waiting"]);
    expect(queueOf(page).running).toBe(false);
  });
});

test("storage that refuses ends the queue before a run is made that it could not find again", async () => {
  let full = false;
  const values = queueValues("a full disk");
  const write = async (key: string, value: unknown): Promise<void> => {
    const refuses = full;
    full = false;
    if (refuses) throw new Error("the disk is full");
    await values.write(key, value);
  };
  const page = await withSample({ queueValues: { read: values.read, write } });
  await add(page, 1, 2);
  full = true;
  await page.send({ kind: "startQueue" });
  expect(page.of("requestFailed").map(({ error }) => error.name)).toEqual(["StorageError"]);
  expect([statesOf(page), await storedRuns(page)]).toEqual([["waiting", "waiting"], []]);
  await page.send({ kind: "startQueue" });
  expect(statesOf(page)).toEqual(["finished", "finished"]);
});

test("a stop at the end of the epoch pauses the queue there, and it goes on with that run", async () => {
  const page = await withSample();
  await add(page, 1, 2);
  const work = page.send({ kind: "startQueue" });
  await trains(page, 1);
  await page.send({ kind: "stopAfterEpoch", wanted: true });
  await work;
  expect(statesOf(page)).toEqual(["begun", "waiting"]);
  // Its first stage is shorter than an epoch, and ends it.
  expect((await storedRuns(page)).map(({ phase }) => phase)).toEqual(["grouped"]);
  await page.send({ kind: "startQueue" });
  expect(statesOf(page)).toEqual(["finished", "finished"]);
  expect(await storedRuns(page)).toHaveLength(2);
});

describe("a queue that was interrupted", () => {
  test("by a stop keeps its run at a checkpoint, is found paused by a reloaded page, and goes on with that run, never a second one", async () => {
    const page = await withSample();
    await add(page, exampleConfig.seed, 2);
    const work = page.send({ kind: "startQueue" });
    await trains(page, exampleConfig.seed);
    await page.send({ kind: "stop" });
    await work;
    expect(statesOf(page)).toEqual(["begun", "waiting"]);
    expect(page.of("checkpointWritten")).toHaveLength(1);
    const [begun] = await storedRuns(page);

    const reloaded = await opened({ database: page.database });
    await reloaded.send({ kind: "open" });
    expect(queueOf(reloaded)).toMatchObject({ running: false, problem: null });
    expect(queueOf(reloaded).entries).toEqual(queueOf(page).entries);
    await reloaded.send({ kind: "startQueue" });
    expect(statesOf(reloaded)).toEqual(["finished", "finished"]);
    const runs = await storedRuns(reloaded);
    expect(runs.map(({ id }) => id)).toContain(begun?.id);
    expect(runs).toHaveLength(2);
    const resumed = await openStores(page.database);
    const metrics = await resumed.runs.readMetrics(begun!.id);
    const losses = metrics.flatMap((metric) => (metric.kind === "step" && metric.stage === "group" ? [metric.total] : []));
    expect(losses).toEqual([...(await wholeCurve()).values()]);
  });

  test("by the end of the page in the middle of a run goes on with it as well", async () => {
    const page = await withSample();
    await add(page, 1);
    void page.send({ kind: "startQueue" });
    await trains(page, 1);
    await page.send({ kind: "pause" });
    await page.until((event) => event.kind === "activityChanged" && event.activity.kind === "paused");
    // A queue that is paused holds all of its steps in a checkpoint.
    expect(page.of("checkpointWritten")).not.toEqual([]);
    const reloaded = await opened({ database: page.database });
    await reloaded.send({ kind: "startQueue" });
    expect(statesOf(reloaded)).toEqual(["finished"]);
    expect((await storedRuns(reloaded)).map(({ id }) => id)).toEqual([page.runId()]);
  });

  test("between the id of a run and the run itself makes that run, and where it was made already no other", async () => {
    const page = await withSample();
    await add(page, 1);
    const starting = { kind: "starting", runId: "set-aside" } as const;
    const interrupt = async (): Promise<void> => {
      const entries = queueOf(page).entries.map((entry) => ({ ...entry, state: starting }));
      await queueValues(page.database).write("queue", { version: 1, nextId: 1, entries });
      await page.send({ kind: "startQueue" });
    };
    await interrupt();
    const made = await storedRuns(page);
    expect(made.map(({ id }) => id)).toEqual(["set-aside"]);
    await interrupt();
    expect(statesOf(page)).toEqual(["finished"]);
    expect(await storedRuns(page)).toEqual(made);
  });

  test("whose run was deleted meanwhile says so, and begins no other in its place", async () => {
    const page = await withSample();
    await add(page, 1);
    const work = page.send({ kind: "startQueue" });
    await trains(page, 1);
    await page.send({ kind: "stop" });
    await work;
    await page.send({ kind: "removeRun", runId: page.runId() });
    await page.send({ kind: "startQueue" });
    expect(queueOf(page).entries[0]?.state).toMatchObject({
      kind: "failed",
      error: { message: expect.stringMatching(/^there is no run /) },
    });
    expect(await storedRuns(page)).toEqual([]);
  });
});

describe("controls", () => {
  const controls = (runId: string, seeds: number[]): Command => ({
    kind: "enqueueControls",
    runId,
    sources: ["learned", "random", "semantic", "clustering"],
    seeds,
  });

  /** Groups of the twelve classes of the sample data. */
  const exampleGroups = (): number[] => Array.from({ length: 12 }, (_, label) => label % 2);

  async function withLearned(): Promise<Page> {
    const page = await withSample();
    await page.send({ kind: "group", config: exampleConfig, through: true });
    return page;
  }

  test("have the learned run's recipe and seeds; clustering waits for the unsplit run, whatever the order, and none is queued twice", async () => {
    const page = await withLearned();
    const runId = page.runId();
    await page.send(controls(runId, [exampleConfig.seed, 5]));
    const named = () => queueOf(page).entries.map(({ job }) => (job.kind === "control" ? `${job.source}-${job.seed}` : job.kind));
    const own = ["unsplit", "random", "semantic", "clustering"].map((source) => `${source}-${exampleConfig.seed}`);
    expect(named()).toEqual([
      ...own,
      ...["learned", "unsplit", "random", "semantic", "clustering"].map((source) => `${source}-5`),
    ]);
    for (let place = 0; place < 4; place++) await page.send({ kind: "moveQueued", id: 3, to: "earlier" });
    expect(named()[0]).toBe(`clustering-${exampleConfig.seed}`);
    await page.send(controls(runId, [exampleConfig.seed]));
    expect(failures(page)).toEqual(["all of this is in the queue already"]);

    await page.send({ kind: "startQueue" });
    expect(new Set(statesOf(page))).toEqual(new Set(["finished"]));
    const runs = (await storedRuns(page)).filter(({ id }) => id !== runId);
    expect(runs).toHaveLength(9);
    for (const { config } of runs)
      expect({ ...config.group, ...config.finetune }).toEqual({ ...exampleConfig.group, ...exampleConfig.finetune });
    const sources = runs.map(({ config }) => `${config.fixedGroups?.source ?? config.grouping}-${config.seed}`).sort();
    const seeded = (seed: number) => ["1-1-1", "clustering", "random", "semantic"].map((source) => `${source}-${seed}`);
    expect(sources).toEqual([...seeded(exampleConfig.seed), ...seeded(5), `${exampleConfig.grouping}-5`].sort());
  });

  test("that are trained already are done with that run; settings that a person asks for are trained again", async () => {
    const page = await withLearned();
    const runId = page.runId();
    const unsplit: Command = { kind: "enqueueControls", runId, sources: ["unsplit"], seeds: [exampleConfig.seed] };
    await page.send(unsplit);
    await page.send({ kind: "startQueue" });
    await page.send({ kind: "removeQueued", ids: [0] });
    await page.send(unsplit);
    await page.send({ kind: "startQueue" });
    const [first, second] = queueOf(page).entries;
    expect(second?.state).toEqual(first?.state);
    expect(await storedRuns(page)).toHaveLength(2);
    await add(page, exampleConfig.seed);
    await page.send({ kind: "startQueue" });
    const fingerprints = (await storedRuns(page)).map(({ config }) => configFingerprint(config));
    expect(fingerprints.filter((print) => print === configFingerprint(exampleConfig))).toHaveLength(2);
  });

  test("of a run that has learned nothing are refused; of one that is deleted before their turn they say so", async () => {
    const page = await withLearned();
    const runId = page.runId();
    await page.send({ kind: "enqueueManual", runId, seed: 3, classes: exampleGroups() });
    await page.send({ kind: "startQueue" });
    const given = page.runId();
    expect((await storedRuns(page)).find(({ id }) => id === given)?.config.fixedGroups).toMatchObject({ source: "manual" });
    await page.send(controls(given, [1]));
    await page.send({ kind: "enqueueManual", runId, seed: 3, classes: exampleGroups().map(() => 0) });
    expect(failures(page)).toEqual([
      `run ${given} was given its groups (manual): there is nothing learned to compare`,
      expect.stringContaining("no class is in group 1"),
    ]);
    await page.send(controls(runId, [1]));
    await page.send({ kind: "removeRun", runId });
    await page.send({ kind: "startQueue" });
    const [, ...others] = queueOf(page).entries;
    for (const { state } of others)
      expect(state).toMatchObject({ kind: "failed", error: { message: `there is no run ${runId}` } });
  });
});

test("a sweep is refused with the field at fault, and nothing of it is queued", async () => {
  const page = await opened();
  await page.send({ kind: "enqueue", sweep: { name: "test", preset: "tiny", grid: { "group.speed": [1] } } });
  await page.send({ kind: "enqueue", sweep: "all of them" });
  expect(page.of("requestFailed").map(({ error }) => error.name)).toEqual(["ConfigError", "ConfigError"]);
  expect(failures(page)[0]).toContain("group.speed");
  expect(page.of("queueChanged")).toEqual([]);
});

test("a damaged entry is told of when the page opens, and the others are there", async () => {
  const page = await withSample();
  await add(page, 1, 2);
  const [first, second] = queueOf(page).entries;
  await queueValues(page.database).write("queue", { version: 1, nextId: 2, entries: [{ ...first, state: "odd" }, second] });
  const reloaded = await opened({ database: page.database });
  await reloaded.send({ kind: "open" });
  expect(queueOf(reloaded).entries).toEqual([second]);
  expect(queueOf(reloaded).problem?.message).toContain("entry 1 of the queue: state");
  await reloaded.send({ kind: "startQueue" });
  expect(statesOf(reloaded)).toEqual(["finished"]);
});

test("storage that gives no queue is told in its place, and hides neither runs nor data", async () => {
  const read = async (): Promise<never> => {
    throw new Error("refused");
  };
  const page = await opened({ queueValues: { read, write: async () => undefined } });
  await page.send({ kind: "open" });
  expect(queueOf(page)).toMatchObject({
    entries: [],
    problem: { name: "StorageError", message: expect.stringContaining("refused") },
  });
  expect(page.of("runsListed")).not.toEqual([]);
  await add(page, 1);
  expect(page.of("requestFailed").map(({ error }) => error.name)).toEqual(["StorageError"]);
});

test("another tab sees what is queued here, and cannot change it while it is worked off", async () => {
  const [locks, tabs] = [new TestLocks(), new TestTabs()];
  const page = await withSample({ locks, tabs: tabs.open() });
  const second = await opened({ locks, tabs: tabs.open(), database: page.database });
  await second.send({ kind: "open" });
  await add(page, 1);
  await second.until((event) => event.kind === "queueChanged" && event.queue.entries.length === 1);
  const work = page.send({ kind: "startQueue" });
  await trains(page, 1);
  await page.send({ kind: "pause" });
  await second.send({ kind: "removeQueued", ids: [0] });
  await second.send({ kind: "startQueue" });
  expect(failures(second)).toEqual([1, 2].map(() => expect.stringContaining("another tab of the studio is training")));
  await page.send({ kind: "resume", runId: page.runId() });
  await work;
  await second.until((event) => event.kind === "queueChanged" && event.queue.entries[0]?.state.kind === "finished");
});
