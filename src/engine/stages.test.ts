import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { DivergenceError } from "../base/errors";
import type { Config } from "../model/config";
import type { Metric, StepMetric } from "../model/run";
import { openFolder } from "../storage/folder/open";
import type { RunStore } from "../storage/stores";
import { contents } from "../storage/testing";
import { requirePrecision } from "../train/half-precision";
import { checkpointName } from "./checkpoint";
import type { Compute, EngineContext, EngineFact } from "./context";
import { RunControl } from "./control";
import { guardAgainstLoss } from "./device-compute";
import { exportStage } from "./export-stage";
import { readRun } from "./opened-run";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import {
  archiveBytes,
  exampleConfig,
  exampleContext,
  exampleDataset,
  exampleSummary,
  type FakeFaults,
  fakeCompute,
} from "./testing";
import { STUDIO_VERSION } from "./version";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface World extends EngineContext {
  readonly facts: EngineFact[];
  readonly root: string;
}

/** A context over a folder; a second one over the same folder is a restarted program. */
async function world(
  options: { root?: string; faults?: FakeFaults; compute?: Compute; clockStepMs?: number } = {},
): Promise<World> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), "splitnet-engine-")));
  if (options.root === undefined) folders.push(root);
  const facts: EngineFact[] = [];
  let clock = Date.UTC(2024, 0, 31, 12);
  const context = exampleContext(openFolder(root).runs, {
    compute: options.compute ?? fakeCompute(options.faults),
    observer: (fact) => void facts.push(fact),
    now: () => (clock += options.clockStepMs ?? 10),
  });
  return { ...context, root, facts };
}

const NAME = checkpointName("group");

/** Step metrics without their wall-clock time. */
function curve(metrics: readonly Metric[], stage: "group" | "finetune"): Omit<StepMetric, "time">[] {
  return metrics.flatMap((metric) => {
    if (metric.kind !== "step" || metric.stage !== stage) return [];
    const { time: _time, ...rest } = metric;
    return [rest];
  });
}

/** A run that nothing interrupted, made once: tests only read it. */
function uninterrupted(): ReturnType<typeof runWhole> {
  wholeRun ??= runWhole();
  return wholeRun;
}
let wholeRun: ReturnType<typeof runWhole> | undefined;

async function runWhole() {
  const context = await world();
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  return { context, id, metrics: await context.runs.readMetrics(id) };
}

test("all stages in order leave a finished run with whole curves, networks and bundle", async () => {
  const { context, id, metrics } = await runWhole();
  expect(await context.runs.get(id)).toMatchObject({ phase: "finetuned", checkpointStep: 7, failure: null, evaluated: false });
  expect(curve(metrics, "group").map((metric) => metric.step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(curve(metrics, "finetune")).toHaveLength(7);
  const evaluation = await evaluateStage(context, id);
  expect(evaluation?.split?.count).toBe(exampleDataset.test.count);
  expect(evaluation?.split).not.toEqual(evaluation?.unsplit);
  const opened = await readRun(context.runs, id);
  expect(opened).toMatchObject({ evaluation, record: { evaluated: true }, assignments: { step: 11 } });
  expect(opened.split?.classGroups).toHaveLength(6);
  const bundle = await exportStage(context, id);
  expect(bundle?.fileName).toBe(`splitnet-${id}.zip`);
  const shares = Buffer.from(unzipSync(await archiveBytes(bundle))["assignments.safetensors"]!);
  expect(opened.assignments!.bySpace.size).toBe(6);
  for (const { data } of opened.assignments!.bySpace.values()) expect(shares.includes(Buffer.from(data.buffer))).toBe(true);
});

/** Runs stage 1 until the observer throws at that step, as if the process were killed there. */
async function killedAt(step: number, clockStepMs: number): Promise<{ root: string; id: string }> {
  const context = await world({ clockStepMs });
  const { id } = await createRun(context, exampleConfig);
  const store: RunStore = context.runs;
  const observer = (fact: EngineFact): void => {
    if (fact.kind !== "progress" || fact.step < step) return;
    // Nothing of a killed process writes any more.
    for (const method of ["put", "appendMetrics", "writeFile"] as const)
      store[method] = () => Promise.reject(new Error("killed"));
    throw new Error("killed");
  };
  await expect(groupStage({ ...context, observer }, id)).rejects.toThrow("killed");
  return { root: context.root, id };
}

describe.each([
  ["before its metrics were written", 10],
  ["with metrics later than the checkpoint", 6000],
])("a run killed %s", (_when, clockStepMs) => {
  test.each([2, 4, 6, 9])("at step %i gives, resumed, the losses of one that never stopped", async (step) => {
    const { root, id } = await killedAt(step, clockStepMs);
    const context = await world({ root });
    expect(await resumeStage(context, id)).toBe("finished");
    const whole = await uninterrupted();
    expect(curve(await context.runs.readMetrics(id), "group")).toEqual(curve(whole.metrics, "group"));
    const states = [await contents(context.runs.readFile(id, NAME)), await contents(whole.context.runs.readFile(whole.id, NAME))];
    expect(Buffer.compare(states[0]!, states[1]!)).toBe(0);
  });
});

test("a damaged newest checkpoint resumes from the one before it, with curves to match", async () => {
  const { root, id } = await killedAt(10, 10);
  await writeFile(join(root, "runs", id, "group.safetensors"), "damaged");
  const context = await world({ root });
  await resumeStage(context, id);
  expect(context.facts).toContainEqual({ kind: "rewound", runId: id, stage: "group", step: 4 });
  expect(curve(await context.runs.readMetrics(id), "group")).toEqual(curve((await uninterrupted()).metrics, "group"));
});

test("a diverging run keeps its last good checkpoint, says why it stopped, and can be resumed", async () => {
  const error = new DivergenceError("the loss of step 6 is not a finite number", "Lower the learning rate.");
  const context = await world({ faults: { failAtStep: 6, error } });
  const { id } = await createRun(context, exampleConfig);
  await expect(groupStage(context, id)).rejects.toBe(error);
  expect(await context.runs.get(id)).toMatchObject({
    phase: "grouping",
    checkpointStep: 6,
    failure: { name: "DivergenceError", cure: "Lower the learning rate." },
  });
  expect(await resumeStage(context, id)).toBe("finished");
  expect(await context.runs.get(id)).toMatchObject({ phase: "grouped", failure: null });
});

test("a stop writes a checkpoint after the step at hand and ends the stage; resuming finishes it", async () => {
  const context = await world();
  const { id } = await createRun(context, exampleConfig);
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "progress" && fact.step === 6) context.control.stop();
    context.observer(fact);
  };
  expect(await groupStage({ ...context, observer }, id)).toBe("stopped");
  expect(await context.runs.get(id)).toMatchObject({ phase: "grouping", checkpointStep: 6, failure: null });
  expect(await resumeStage({ ...context, control: new RunControl() }, id)).toBe("finished");
  expect(curve(await context.runs.readMetrics(id), "group")).toEqual(curve((await uninterrupted()).metrics, "group"));
});

test("a paused stage does nothing until it is resumed, but writes a checkpoint that is asked for", async () => {
  const context = await world();
  const { id } = await createRun(context, exampleConfig);
  let paused: () => void = () => undefined;
  const nextPause = () => new Promise<void>((resolve) => (paused = resolve));
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "progress" && fact.step === 2 && !context.facts.some(({ kind }) => kind === "paused"))
      context.control.pause();
    context.observer(fact);
    if (fact.kind === "paused") paused();
  };
  const held = nextPause();
  const stage = groupStage({ ...context, observer }, id);
  await held;
  const before = context.facts.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(context.facts).toHaveLength(before);
  const heldAgain = nextPause();
  context.control.requestCheckpoint();
  await heldAgain;
  expect(await context.runs.get(id)).toMatchObject({ checkpointStep: 2 });
  context.control.resume();
  expect(await stage).toBe("finished");
});

describe("what cannot be done is refused with its cure, and changes nothing", () => {
  test("stages before what they build on", async () => {
    const context = await world();
    const { id } = await createRun(context, exampleConfig);
    for (const stage of [splitStage, finetuneStage, evaluateStage, exportStage]) {
      await expect(stage(context, id)).rejects.toMatchObject({ name: "RequestError", cure: expect.stringMatching(/Resume/) });
    }
    await groupStage(context, id);
    for (const stage of [groupStage, resumeStage, finetuneStage, exportStage]) {
      await expect(stage(context, id)).rejects.toMatchObject({ name: "RequestError", cure: expect.stringMatching(/Split/) });
    }
    await expect(groupStage(context, "unknown")).rejects.toMatchObject({ name: "RequestError" });
  });

  test("a run of another data set", async () => {
    const context = await world();
    const { id } = await createRun(context, exampleConfig);
    const other = { ...context, summary: { ...exampleSummary, id: "0".repeat(64), source: "other.tar" } };
    await expect(groupStage(other, id)).rejects.toMatchObject({ message: expect.stringContaining("other.tar") });
    expect(await context.runs.get(id)).toMatchObject({ failure: null, checkpointStep: 0 });
  });

  test("more groups than classes", async () => {
    const context = await world();
    const creation = createRun(context, { ...exampleConfig, grouping: "2-2-7" });
    await expect(creation).rejects.toMatchObject({ name: "ConfigError", message: expect.stringMatching(/^grouping: 7 groups/) });
    expect(await context.runs.list()).toEqual([]);
  });

  test("groups of another number of classes", async () => {
    const context = await world();
    const fixedGroups = { source: "manual" as const, classes: [0, 1, 1], channels: {} };
    const creation = createRun(context, { ...exampleConfig, fixedGroups });
    await expect(creation).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringMatching(/^fixedGroups\.classes: groups of 3 classes, but sample data has 6/),
    });
    expect(await context.runs.list()).toEqual([]);
  });

  test("a precision that the device does not have", async () => {
    const check = async (config: Config) => requirePrecision(config, new Set(["timestamp-query"]));
    const context = { ...(await world()), compute: { ...fakeCompute(), check } };
    const creation = createRun(context, { ...exampleConfig, precision: "f16" });
    await expect(creation).rejects.toMatchObject({ name: "ConfigError", message: expect.stringMatching(/^precision: f16/) });
    expect(await context.runs.list()).toEqual([]);
    expect(await createRun(context, exampleConfig)).toMatchObject({ config: { precision: "f32" } });
  });

  test("a split with an empty group, which its own rule for the split cures", async () => {
    const compute = fakeCompute();
    const lopsided: Compute = {
      ...compute,
      fit: async function* (options) {
        const state = { ...options.start, step: options.config.group.steps };
        const logits = state.parameters.get("assignments/classes/logits")!;
        logits.data.fill(0).fill(1, 0, logits.shape[1]!);
        yield { kind: "checkpoint", state };
        return state;
      },
    };
    const context = await world({ compute: lopsided });
    const { id } = await createRun(context, { ...exampleConfig, emptyGroups: "fail" });
    await groupStage(context, id);
    await expect(splitStage(context, id)).rejects.toMatchObject({ name: "EmptyGroupError" });
    expect(await context.runs.get(id)).toMatchObject({ phase: "grouped", failure: null });
    const cut = await splitStage(context, id, "assign-nearest");
    expect((await readRun(context.runs, id)).split?.tree).toEqual(cut?.tree);
  });
});

test("runs created in the same second get different ids", async () => {
  const context = await world({ clockStepMs: 0 });
  const first = await createRun(context, { ...exampleConfig, preset: "My Preset!" });
  const second = await createRun(context, { ...exampleConfig, preset: "My Preset!" });
  expect([first.id, second.id]).toEqual(["my-preset-20240131-120000", "my-preset-20240131-120000-2"]);
});

test("a device lost again and again ends training although its last request never answers", async () => {
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  const hanging: Compute = {
    ...fakeCompute(),
    fit: async function* (options) {
      await new Promise(() => undefined);
      yield { kind: "checkpoint", state: options.start };
      return options.start;
    },
  };
  const context = await world({ compute: guardAgainstLoss(hanging, lost) });
  const { id } = await createRun(context, exampleConfig);
  const stage = groupStage(context, id);
  lose("driver was reset");
  await expect(stage).rejects.toMatchObject({
    name: "DeviceLostError",
    message: expect.stringMatching(/driver was reset; 4 times/),
    cure: expect.stringMatching(/smaller preset.*batch norm/),
  });
  expect(await context.runs.get(id)).toMatchObject({ failure: { name: "DeviceLostError" } });
});

test("exports name the version of the package", async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(manifest).toMatchObject({ version: STUDIO_VERSION });
});

describe("a stop at the end of the epoch", () => {
  // 36 training images in batches of 7: the first epoch ends within the sixth step.
  const config = { ...exampleConfig, group: { ...exampleConfig.group, batchSize: 7 } };
  const grouped = async (control: RunControl, observer: (fact: EngineFact) => void = () => undefined) => {
    const context = await world();
    const { id } = await createRun(context, config);
    return { context, id, outcome: await groupStage({ ...context, control, observer }, id) };
  };

  test("ends the stage there with a checkpoint, and a resume gives the curve of a run that never stopped", async () => {
    const control = new RunControl();
    control.stopAfterEpoch(true);
    const { context, id, outcome } = await grouped(control);
    expect(outcome).toBe("stopped");
    expect(await context.runs.get(id)).toMatchObject({ phase: "grouping", checkpointStep: 6, failure: null });
    expect(await groupStage(context, id)).toBe("finished");
    const whole = await grouped(new RunControl());
    const losses = async (run: typeof whole) => curve(await run.context.runs.readMetrics(run.id), "group");
    expect(await losses({ context, id, outcome })).toEqual(await losses(whole));
  });

  test("taken back in time changes nothing", async () => {
    const control = new RunControl();
    control.stopAfterEpoch(true);
    const observer = (fact: EngineFact): void => {
      if (fact.kind === "progress" && fact.step >= 2) control.stopAfterEpoch(false);
    };
    expect((await grouped(control, observer)).outcome).toBe("finished");
  });
});
