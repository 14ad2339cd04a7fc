import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { drawn, GPU, opened, pausedRun, wholeCurve, withSample } from "../../tests/support/studio";
import { DivergenceError, RequestError } from "../base/errors";
import { exampleConfig } from "../engine/testing";
import type { Command } from "../protocol/commands";
import { PROTOCOL_VERSION } from "../protocol/events";

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
  await page.send({ kind: "export", runId, variants: ["float16"], classes: [3, 1] });
  expect(page.of("exported").at(-1)?.fileName).toBe(`splitnet-${runId}-2-classes.zip`);
  expect(page.of("requestFailed")).toEqual([]);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});

test("an exported file is verified beside other work, with progress; a failure says why and leaves it unverified", async () => {
  const programs = { onnxRuntime: "1.2.3", tensorflowjs: "4.5.6" };
  const verification = { checksums: 3, programs, verified: [], tolerance: 1e-3, within: true };
  const page = await opened({
    verify: async (file, { onProgress }) => {
      onProgress(1, 2);
      if (!(file instanceof Blob) || (await file.text()) !== "a bundle")
        throw new RequestError("it is cut off", "Export it again.");
      return verification;
    },
  });
  await page.send({ kind: "verifyExport", runId: "run-1", file: new Blob(["a bundle"]) });
  expect(page.of("exportVerifying").map(({ done, total }) => `${done}/${total}`)).toEqual(["0/0", "1/2"]);
  expect(page.of("exportVerified")).toEqual([{ kind: "exportVerified", runId: "run-1", verification }]);
  await page.send({ kind: "verifyExport", runId: "run-1", file: new Blob(["half"]) });
  expect(page.of("exportVerified")).toHaveLength(1);
  expect(page.of("exportUnverified")).toHaveLength(1);
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual(["it is cut off"]);
});

test("a run that goes through is grouped, split and evaluated at one request, and a stop ends it where it is", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig, through: true });
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "finetuned", evaluated: true, failure: null });
  expect(page.of("evaluated")[0]?.evaluation.split).not.toBeNull();
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });

  const second = page.send({ kind: "group", config: { ...exampleConfig, seed: 2 }, through: true });
  await page.until((event) => event.kind === "runOpened" && event.run.record.config.seed === 2);
  await page.until((event) => event.kind === "metricsRecorded" && event.runId === page.runId());
  await page.send({ kind: "stop" });
  await second;
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "grouping", evaluated: false });
  expect(page.of("requestFailed")).toEqual([]);
});

test("the demonstration brings sample data where none is stored, never in place of other data, and does the whole job", async () => {
  const page = await opened();
  await page.send({ kind: "demonstrate", config: exampleConfig });
  expect(page.of("datasetChanged").map(({ dataset }) => dataset?.source)).toEqual(["sample data"]);
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "finetuned", evaluated: true });
  await page.send({ kind: "demonstrate", config: { ...exampleConfig, seed: 2 } });
  expect(page.of("datasetChanged")).toHaveLength(1);
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "finetuned", config: { seed: 2 } });
  expect(page.of("requestFailed")).toEqual([]);
});

test("a removed data set can be taken back in spite of a demonstration", async () => {
  const page = await withSample();
  await page.send({ kind: "removeData" });
  await page.send({ kind: "demonstrate", config: exampleConfig });
  expect(page.of("requestFailed").at(-1)?.error.message).toContain("can still be taken back");
  await page.send({ kind: "restoreData" });
  expect(page.of("datasetChanged").at(-1)?.dataset?.source).toBe("sample data");
});

test("a run's name and notes are kept, told to who lists runs, move with it, and can be changed while it trains", async () => {
  const { page, group } = await pausedRun();
  const runId = page.runId();
  await page.send({ kind: "describeRun", runId, name: "first", notes: "two\nlines" });
  await page.send({ kind: "resume", runId });
  await group;
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "grouped", failure: null });
  const reloaded = await opened({ database: page.database });
  await reloaded.send({ kind: "open" });
  const described = { [runId]: { name: "first", notes: "two\nlines" } };
  expect(reloaded.of("runsDescribed").at(-1)?.descriptions).toEqual(described);
  await reloaded.send({ kind: "saveRun", runId });
  await reloaded.send({
    kind: "loadRun",
    files: [reloaded.of("runSaved")[0]!.file],
    names: ["run.zip"],
    runId: null,
    config: null,
  });
  expect(Object.values(reloaded.of("runsDescribed").at(-1)!.descriptions)).toEqual([described[runId], described[runId]]);
  await reloaded.send({ kind: "describeRun", runId: "nobody", name: "x", notes: "" });
  expect(reloaded.of("requestFailed").map(({ error }) => error.message)).toEqual(["there is no run nobody"]);
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
  const reloaded = await opened({ database: page.database });
  await reloaded.send({ kind: "open" });
  expect(reloaded.of("runsListed").at(-1)?.runs).toHaveLength(1);
  expect(reloaded.of("runOpened").at(-1)?.run.record).toMatchObject({ phase: "grouping", checkpointStep: 2 });
  expect(reloaded.of("assignmentsChanged").at(-1)).toMatchObject({ step: 2 });
  await reloaded.send({ kind: "resume", runId: reloaded.runId() });
  expect(reloaded.of("runChanged").at(-1)?.record.phase).toBe("grouped");
  expect(drawn(reloaded.events(), "group")).toEqual(await wholeCurve());
});

test("a page may ask for a run; one that is not here is said, and the latest opened", async () => {
  const page = await withSample();
  for (const seed of [1, 2]) await page.send({ kind: "group", config: { ...exampleConfig, seed } });
  const [first, second] = page.of("runOpened").map(({ run }) => run.record.id);
  const opens = async (runId: string) => {
    const reloaded = await opened({ database: page.database });
    await reloaded.send({ kind: "open", runId });
    return { run: reloaded.runId(), failures: reloaded.of("requestFailed").map(({ error }) => error.message) };
  };
  expect(await opens(first!)).toEqual({ run: first, failures: [] });
  const failures = ["the address asks for the run gone, and it is not stored in this browser"];
  expect(await opens("gone")).toEqual({ run: second, failures });
});

test("every metric of a run is taken out as CSV and JSON, also while it trains, those included that are not stored yet", async () => {
  const { page, group } = await pausedRun();
  const runId = page.runId();
  const told = page.of("metricsRecorded").flatMap(({ metrics }) => metrics);
  for (const format of ["csv", "json"] as const) await page.send({ kind: "saveMetrics", runId, format });
  const [csv, json] = await Promise.all(page.of("runSaved").map(({ file }) => file.text()));
  expect(page.of("runSaved").map(({ fileName }) => fileName)).toEqual([
    `splitnet-metrics-${runId}.csv`,
    `splitnet-metrics-${runId}.json`,
  ]);
  expect(told.length).toBeGreaterThan(0);
  expect(csv!.trimEnd().split("\r\n")).toHaveLength(1 + told.length);
  const taken: { run: unknown; metrics: unknown[] } = JSON.parse(json!);
  expect(taken.metrics).toEqual(expect.arrayContaining(told));
  expect(taken.metrics).toHaveLength(told.length);
  expect(taken.run).toMatchObject({ id: runId, config: exampleConfig });
  await page.send({ kind: "saveMetrics", runId: "gone", format: "csv" });
  expect(page.of("requestFailed").at(-1)?.error.message).toBe("there is no run gone");
  await page.send({ kind: "stop" });
  await group;
});

test("a run saved in one browser is loaded in another and goes on to the same curve", async () => {
  const { page, group } = await pausedRun();
  await page.send({ kind: "stop" });
  await group;
  await page.send({ kind: "saveRun", runId: page.runId() });
  const saved = page.of("runSaved").at(-1)!;
  expect(saved.fileName).toMatch(/^splitnet-run-.*\.zip$/);
  const other = await withSample();
  await other.send({ kind: "loadRun", files: [saved.file], names: [saved.fileName], runId: null, config: null });
  expect(other.runId()).toBe(page.runId());
  await other.send({ kind: "resume", runId: other.runId() });
  expect(drawn(other.events(), "group")).toEqual(await wholeCurve());
  await other.send({ kind: "loadRun", files: [new Blob(["no zip"])], names: ["x.zip"], runId: null, config: null });
  expect(other.of("requestFailed").at(-1)?.error).toMatchObject({ name: "CheckpointError" });
});

test("a page closed while a run was paused resumes it from its last checkpoint to the same curve", async () => {
  const { page } = await pausedRun();
  const reloaded = await opened({ database: page.database });
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
  expect(page.of("runOpened").at(-1)?.run.curves.group.steps.step.length).toBeGreaterThanOrEqual(seen);
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
  const reloaded = await opened({ database: page.database });
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

test("every class has one image, asked for once for all of them", async () => {
  const page = await withSample();
  await page.send({ kind: "loadClassImages" });
  await page.send({ kind: "loadImages", label: 5, count: 1 });
  const [images] = page.of("classImagesLoaded");
  expect(images!.labels).toEqual(Array.from({ length: 12 }, (_, label) => label));
  expect(images!.rgba.slice(5 * 4096, 6 * 4096)).toEqual(page.of("imagesLoaded")[0]!.rgba);
});

test("a layer of a run is read from its last checkpoint; one that is not there is refused", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await page.send({ kind: "loadLayer", runId, stage: "group", layer: "logits/fc" });
  await page.send({ kind: "loadLayer", runId, stage: "finetune", layer: "logits/fc" });
  expect(page.of("layerLoaded").map(({ layer }) => layer)).toEqual([
    expect.objectContaining({ runId, stage: "group", layer: "logits/fc", step: exampleConfig.group.steps }),
  ]);
  expect(page.of("requestFailed").map(({ error }) => error.cure)).toEqual(["Wait for the first one, or press Save checkpoint."]);
});

test("the blocks of a reloaded run are those that were told while it trained", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  const told = page.of("assignmentsChanged").flatMap(({ step, blocks, kept }) => (kept ? [{ step, blocks }] : []));
  const reloaded = await opened({ database: page.database });
  await reloaded.send({ kind: "open" });
  const { history } = reloaded.of("historyRead")[0]!;
  expect(history.map(({ step, blocks }) => ({ step, blocks }))).toEqual(told);
});

test("without data nothing trains; removing the data set says so", async () => {
  const page = await withSample();
  await page.send({ kind: "removeData" });
  await page.send({ kind: "group", config: exampleConfig });
  expect(page.of("datasetChanged").at(-1)).toEqual({ kind: "datasetChanged", dataset: null });
  expect(page.of("requestFailed")[0]?.error.cure).toMatch(/Use sample data/);
});

test("weights of a bundle, loaded while their run is open, become a run that is opened; without a run they are refused", async () => {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig, through: true });
  const runId = page.runId();
  await page.send({ kind: "export", runId });
  const members = unzipSync(new Uint8Array(await page.of("exported").at(-1)!.file.arrayBuffer()));
  const files = [new Blob([members["model.safetensors"]!.slice()])];
  const names = ["model.safetensors"];
  await page.send({ kind: "loadRun", files, names, runId: null, config: null });
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual([
    "a safetensors file holds weights alone: neither the groups nor the settings of its run",
  ]);
  await page.send({ kind: "loadRun", files, names, runId, config: null });
  const { record } = page.of("runOpened").at(-1)!.run;
  expect(record).toMatchObject({ phase: "finetuned", evaluated: false, importedFrom: { format: "safetensors", parts: null } });
  expect(record.id).not.toBe(runId);
  await page.send({ kind: "evaluate", runId: record.id });
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ id: record.id, evaluated: true });
});

test("a checkpoint of a run is forked: the new run is opened, tells its origin, goes on to the same curve, and can be removed", async () => {
  const { page, group } = await pausedRun();
  const runId = page.runId();
  await page.send({ kind: "listCheckpoints", runId });
  await page.send({ kind: "forkRun", runId, stage: "group", copy: "last", config: null });
  expect(page.of("requestFailed")).toHaveLength(1);
  await page.send({ kind: "stop" });
  await group;
  await page.send({ kind: "listCheckpoints", runId });
  expect(page.of("checkpointsListed").at(-1)).toMatchObject({ runId, checkpoints: [{ stage: "group", copy: "last", step: 2 }] });
  await page.send({ kind: "forkRun", runId, stage: "group", copy: "last", config: null });
  const fork = page.runId();
  expect(fork).not.toBe(runId);
  expect(page.of("runOpened").at(-1)?.run.record.forkedFrom).toEqual({ runId, stage: "group", step: 2 });
  await page.send({ kind: "resume", runId: fork });
  expect(drawn(page.events(), "group")).toEqual(await wholeCurve());
  await page.send({ kind: "removeRun", runId: fork });
  await page.send({ kind: "restoreRun", runId: fork });
  expect(page.of("runsListed").at(-1)?.runs).toHaveLength(2);
  expect(page.of("requestFailed")).toHaveLength(1);
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
    const obstacle = { why: "refused", browser: "other", version: null, system: "other" };
    expect(page.of("deviceProbed").at(-1)?.device).toMatchObject({ kind: "missing", error: { name: "DeviceError" }, obstacle });
    const looked = page.of("deviceProbed").length;
    await page.send({ kind: "findDevice" });
    expect(page.of("deviceProbed").length).toBe(looked + 1);
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

test("a stop at the end of the epoch is told, can be taken back, ends the whole job, and is refused where nothing trains", async () => {
  const page = await withSample();
  const config = { ...exampleConfig, group: { ...exampleConfig.group, batchSize: 400, steps: 30 } };
  const job = page.send({ kind: "group", config, through: true });
  await page.until((event) => event.kind === "metricsRecorded");
  await page.send({ kind: "pause" });
  for (const wanted of [true, false, true]) await page.send({ kind: "stopAfterEpoch", wanted });
  await page.send({ kind: "resume", runId: page.runId() });
  await job;
  expect(page.of("stopPlanned").map(({ afterEpoch }) => afterEpoch)).toEqual([true, false, true, false]);
  expect(page.of("runChanged").at(-1)?.record).toMatchObject({ phase: "grouping", failure: null });
  await page.send({ kind: "stopAfterEpoch", wanted: true });
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual([
    "no run is training that could stop after its epoch",
  ]);
});

test("a measurement needs no data, tells how far it is, can be stopped, and leaves the engine free", async () => {
  const page = await opened();
  await page.send({ kind: "probe", config: exampleConfig });
  const { probe } = page.of("probed")[0]!;
  expect(probe).toMatchObject({ classes: 100, device: "a stand-in", config: exampleConfig });
  // 1 MB held with two batches of noise, which make room for 50,000 images.
  const deviceBytes = 1e6 + (50_000 - 2 * exampleConfig.group.batchSize) * 3072;
  expect(probe.stages.group).toEqual({ secondsAStep: 0.5, imagesASecond: 8, stepsTimed: 1, deviceBytes });
  const measuring = page.of("activityChanged").flatMap(({ activity }) => (activity.kind === "measuring" ? [activity] : []));
  expect(measuring[0]).toEqual({ kind: "measuring", stage: "group", step: 0, steps: 10 });

  const stopped = page.send({ kind: "probe", config: exampleConfig });
  await page.send({ kind: "probe", config: exampleConfig });
  await page.send({ kind: "stop" });
  await stopped;
  expect(page.of("probed")).toHaveLength(1);
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual(["the engine is busy measuring"]);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});
