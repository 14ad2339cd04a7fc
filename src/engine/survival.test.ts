import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DeviceLostError } from "../base/errors";
import { groupingSpec } from "../model/build";
import type { Metric } from "../model/run";
import { storageFailure } from "../storage/failure";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { RunStore } from "../storage/stores";
import { contents } from "../storage/testing";
import type { FitFact } from "../train/facts";
import { HISTORY_FILE } from "./assignment-history";
import { bestCheckpointName, checkpointName, decodeCheckpoint } from "./checkpoint";
import type { Compute, EngineContext, EngineFact } from "./context";
import { RunControl } from "./control";
import { createRun } from "./runs";
import { finetuneStage, groupStage, resumeStage, splitStage } from "./stages";
import { exampleConfig, exampleContext, fakeCompute } from "./testing";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface World extends EngineContext {
  readonly facts: EngineFact[];
}

async function world(changes: Partial<EngineContext> = {}): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-survival-"));
  folders.push(root);
  const facts: EngineFact[] = [];
  let clock = Date.UTC(2024, 0, 31, 12);
  const now = () => (clock += 10);
  return {
    ...exampleContext(openFolder(root).runs, { attended: true, observer: (fact) => void facts.push(fact), now, ...changes }),
    facts,
  };
}

const troubles = (facts: readonly EngineFact[]) => facts.flatMap((fact) => (fact.kind === "troubled" ? [fact.trouble.kind] : []));
const timeless = (metrics: readonly Metric[]) => metrics.map((metric) => ({ ...metric, time: 0 }));

/** Bytes of the last checkpoint of stage 1, its curves, and the hash of its assignments over time. */
async function outcome({ runs }: EngineContext, id: string) {
  return {
    bytes: await contents(runs.readFile(id, checkpointName("group"))),
    metrics: timeless(await runs.readMetrics(id)),
    history: await sha256((await contents(runs.readFile(id, HISTORY_FILE)))!),
  };
}

/** SHA-256 of every checkpoint of stage 1: bytes would take minutes to be compared line by line where they differ. */
async function hashes({ runs }: EngineContext, id: string) {
  const names = [bestCheckpointName("group"), checkpointName("group")];
  return Promise.all(names.map(async (name) => sha256((await contents(runs.readFile(id, name)))!)));
}

let whole: ReturnType<typeof outcome> | undefined;
function uninterrupted(): ReturnType<typeof outcome> {
  whole ??= (async () => {
    const context = await world();
    const { id } = await createRun(context, exampleConfig);
    await groupStage(context, id);
    return outcome(context, id);
  })();
  return whole;
}

/** Where a fact stands in its stage. */
function stepOf(fact: FitFact): number {
  switch (fact.kind) {
    case "steps":
      return fact.metrics.at(-1)!.step;
    case "validated":
      return fact.metric.step;
    case "checkpoint":
      return fact.state.step;
    default:
      return fact.step;
  }
}

/** Loses the device whenever `loses` says so of the fact about to be told. */
function losing(loses: (kind: string, step: number) => boolean): Compute {
  const compute = fakeCompute();
  return {
    ...compute,
    fit: async function* (options) {
      for await (const fact of compute.fit(options)) {
        const step = stepOf(fact);
        if (loses(fact.kind, step)) throw new DeviceLostError("the graphics device was lost: reset", "Try again.");
        yield fact;
      }
      return options.start;
    },
  };
}

/** Gives the validations after 3, 6, 9 and 11 steps these accuracies. */
function validating(accuracies: readonly number[], compute: Compute): Compute {
  return {
    ...compute,
    fit: async function* (options) {
      for await (const fact of compute.fit(options)) {
        const top1 = accuracies[Math.ceil(stepOf(fact) / 3) - 1]!;
        yield fact.kind === "validated" ? { ...fact, metric: { ...fact.metric, top1 } } : fact;
      }
      return options.start;
    },
  };
}

describe("a lost device", () => {
  test.each(["assignments", "steps", "validated", "checkpoint"])(
    "before a fact of %s changes nothing of the run",
    async (kind) => {
      let left = 2;
      const context = await world({ compute: losing((fact, step) => fact === kind && step !== 0 && left-- > 0) });
      const { id } = await createRun(context, exampleConfig);
      expect(await groupStage(context, id)).toBe("finished");
      expect(left).toBeLessThan(1);
      expect(troubles(context.facts).filter((trouble) => trouble === "deviceLost")).toHaveLength(2);
      expect(await outcome(context, id)).toEqual(await uninterrupted());
    },
  );

  test("between the best validation and its checkpoint still leaves the best checkpoint", async () => {
    const calm = await world();
    const { id: whole } = await createRun(calm, exampleConfig);
    await groupStage(calm, whole);
    const best = await hashes(calm, whole);
    let left = 1;
    const context = await world({ compute: losing((kind, step) => kind === "checkpoint" && step === 6 && left-- > 0) });
    const { id } = await createRun(context, exampleConfig);
    await groupStage(context, id);
    expect(left).toBeLessThan(1);
    expect(await hashes(context, id)).toEqual(best);
  });

  test("again and again without progress ends the stage with what to do, and the last checkpoint stays", async () => {
    const context = await world({ compute: losing((kind, step) => kind === "steps" && step >= 5) });
    const { id } = await createRun(context, exampleConfig);
    await expect(groupStage(context, id)).rejects.toMatchObject({
      name: "DeviceLostError",
      cure: expect.stringMatching(/smaller preset/),
    });
    expect(await context.runs.get(id)).toMatchObject({ checkpointStep: 4, failure: { name: "DeviceLostError" } });
    expect(await resumeStage({ ...context, compute: fakeCompute() }, id)).toBe("finished");
    expect(await outcome(context, id)).toEqual(await uninterrupted());
  });
});

describe("steps taken again", () => {
  /** Stage 1 stopped by a failure, two steps after a checkpoint, then resumed on `compute`. */
  async function resumedOn(compute: Compute) {
    const context = await world({ compute: fakeCompute({ failAtStep: 10 }) });
    const { id } = await createRun(context, exampleConfig);
    await expect(groupStage(context, id)).rejects.toThrow("the stand-in failed");
    expect(await resumeStage({ ...context, compute }, id)).toBe("finished");
    return { context, id };
  }

  test("are counted where the run was resumed, and say nothing where they come out the same", async () => {
    const { context, id } = await resumedOn(fakeCompute());
    const record = await context.runs.get(id);
    expect(record?.resumes).toEqual([{ stage: "group", step: 8, retaken: 2, time: expect.any(Number) }]);
    expect(troubles(context.facts)).toEqual([]);
    expect(await outcome(context, id)).toEqual(await uninterrupted());
  });

  test("are told of, once, where they come out otherwise", async () => {
    const compute = fakeCompute();
    const other: Compute = {
      ...compute,
      fit: async function* (options) {
        for await (const fact of compute.fit(options))
          yield fact.kind === "steps"
            ? { ...fact, metrics: fact.metrics.map((metric) => ({ ...metric, l2: metric.step < 9 ? metric.l2 : 1e-9 })) }
            : fact;
        return options.start;
      },
    };
    const { context } = await resumedOn(other);
    const told = context.facts.flatMap((fact) => (fact.kind === "troubled" ? [fact.trouble] : []));
    expect(told).toEqual([{ kind: "retakenDiffers", stage: "group", step: 9 }]);
  });

  test("are stored once even where storage refuses to take the first ones back", async () => {
    let lost = false;
    const context = await world({
      compute: losing((kind, step) => {
        const loses = !lost && kind === "checkpoint" && step === 6;
        lost ||= loses;
        return loses;
      }),
    });
    let refusals = 2;
    const runs = refusing(context.runs, (method) => lost && method === "rewindMetrics" && refusals-- > 0);
    const { id } = await createRun(context, exampleConfig);
    // Written at every chance, so that there is something to take back.
    let clock = 0;
    expect(await groupStage({ ...context, runs, now: () => (clock += 6000) }, id)).toBe("finished");
    expect(refusals).toBeLessThan(1);
    expect(await outcome(context, id)).toEqual(await uninterrupted());
  });
});

/** The store of a process that dies before it has written its file number `last`. */
function dying(store: RunStore, last: number): RunStore {
  let written = 0;
  return new Proxy(store, {
    get(target, name: keyof RunStore) {
      const method = target[name].bind(target) as (...given: unknown[]) => Promise<unknown>;
      return (...given: unknown[]) => {
        if (name === "writeFile") written++;
        return written >= last ? Promise.reject(new Error("the process was killed")) : method(...given);
      };
    },
  });
}

test.each([1, 2, 3, 4])(
  "a process killed before it writes its file number %d leaves what another never stopped leaves",
  async (last) => {
    const [whole, killed] = [await world(), await world()];
    const [{ id }, { id: killedId }] = [await createRun(whole, exampleConfig), await createRun(killed, exampleConfig)];
    await groupStage(whole, id);
    await expect(groupStage({ ...killed, runs: dying(killed.runs, last) }, killedId)).rejects.toThrow("killed");
    expect(await groupStage(killed, killedId)).toBe("finished");
    expect(await hashes(killed, killedId)).toEqual(await hashes(whole, id));
  },
);

const WRITES = ["put", "writeFile", "appendMetrics", "rewindMetrics"] as const;
const QUOTA = new DOMException("the quota is used up", "QuotaExceededError");

/** The store, refusing the calls that `refuses` names. */
function refusing(store: RunStore, refuses: (method: string) => boolean): RunStore {
  return new Proxy(store, {
    get(target, name: keyof RunStore) {
      const method = target[name].bind(target) as (...given: unknown[]) => Promise<unknown>;
      return (...given: unknown[]) => (refuses(name) ? Promise.reject(storageFailure("writing", QUOTA)) : method(...given));
    },
  });
}

describe("storage without room", () => {
  test.each(["put", "writeFile", "appendMetrics"] as const)(
    "in %s: training goes on in memory, and catches up",
    async (method) => {
      const context = await world();
      const { id } = await createRun(context, exampleConfig);
      let full = false;
      const runs = refusing(context.runs, (name) => full && name === method);
      const observer = (fact: EngineFact): void => {
        if (fact.kind === "progress") full = fact.step >= 3 && fact.step < 8;
        context.observer(fact);
      };
      expect(await groupStage({ ...context, runs, observer }, id)).toBe("finished");
      expect(troubles(context.facts)).toEqual(expect.arrayContaining(["unsaved", "savedAgain"]));
      expect(await outcome(context, id)).toEqual(await uninterrupted());
    },
  );

  test.each([
    ["is stored as soon as there is room", [0.5, 0.4, 0.4, 0.4]],
    ["gives way to a better one", [0.5, 0.6, 0.4, 0.4]],
  ])("the best checkpoint that was refused %s, also where the device was lost meanwhile", async (_, accuracies) => {
    const config = { ...exampleConfig, group: { ...exampleConfig.group, validateEverySteps: 3 } };
    const calm = await world({ compute: validating(accuracies, fakeCompute()) });
    const { id: whole } = await createRun(calm, config);
    await groupStage(calm, whole);
    let left = 1;
    const loses = losing((kind, step) => kind === "steps" && step >= 6 && left-- > 0);
    const context = await world({ compute: validating(accuracies, loses) });
    const { id } = await createRun(context, config);
    let full = false;
    const runs = refusing(context.runs, (name) => full && name === "writeFile");
    const observer = (fact: EngineFact): void => {
      if (fact.kind === "progress") full = fact.step >= 3 && fact.step < 9;
      context.observer(fact);
    };
    await groupStage({ ...context, runs, observer }, id);
    expect(left).toBeLessThan(1);
    expect(troubles(context.facts)).toEqual(expect.arrayContaining(["unsaved", "deviceLost", "savedAgain"]));
    expect(await hashes(context, id)).toEqual(await hashes(calm, whole));
  });

  test("what was stored before stays, and the refused checkpoint can be kept elsewhere", async () => {
    const context = await world();
    const { id } = await createRun(context, exampleConfig);
    let full = false;
    const runs = refusing(context.runs, (name) => full && WRITES.some((write) => write === name));
    const before: Awaited<ReturnType<typeof outcome>>[] = [];
    const observer = (fact: EngineFact): void => {
      context.observer(fact);
      if (fact.kind === "checkpointed" && fact.step === 4) full = true;
      if (fact.kind === "troubled" && fact.refused !== null) context.control.stop();
    };
    await expect(groupStage({ ...context, runs, observer }, id)).rejects.toMatchObject({
      cure: expect.stringMatching(/disk space/),
    });
    before.push(await outcome(context, id));
    const owner = { stage: "group", spec: groupingSpec(exampleConfig, 6), run: (await context.runs.get(id))! } as const;
    expect(decodeCheckpoint(before[0]!.bytes!, owner).state.step).toBe(4);
    const refused = context.facts.flatMap((fact) => (fact.kind === "troubled" && fact.refused !== null ? [fact.refused] : []));
    expect(refused[0]?.fileName).toMatch(/group-step-6\.safetensors$/);
    expect(decodeCheckpoint(refused[0]!.bytes, owner).state.step).toBe(6);
    expect(await resumeStage({ ...context, control: new RunControl() }, id)).toBe("finished");
    expect(await outcome(context, id)).toEqual(await uninterrupted());
  });

  test("a finished stage waits for room where somebody can make it", async () => {
    const context = await world();
    const { id } = await createRun(context, exampleConfig);
    let full = false;
    const runs = refusing(context.runs, (name) => full && name === "writeFile");
    const observer = (fact: EngineFact): void => {
      context.observer(fact);
      if (fact.kind === "progress" && fact.step > 8 && !context.facts.some(({ kind }) => kind === "paused")) full = true;
      if (fact.kind !== "paused") return;
      full = false;
      setTimeout(() => context.control.resume(), 1);
    };
    expect(await groupStage({ ...context, runs, observer }, id)).toBe("finished");
    expect(context.facts.filter(({ kind }) => kind === "paused")).toHaveLength(1);
    expect(await outcome(context, id)).toEqual(await uninterrupted());
    await splitStage(context, id);
    expect(await finetuneStage({ ...context, control: new RunControl() }, id)).toBe("finished");
  });

  test("a finished stage fails where nobody can", async () => {
    const context = await world({ attended: false });
    const { id } = await createRun(context, exampleConfig);
    const runs = refusing(context.runs, (name) => name === "writeFile");
    await expect(groupStage({ ...context, runs }, id)).rejects.toMatchObject({ name: "StorageError" });
    expect(await context.runs.get(id)).toMatchObject({ phase: "grouping", failure: { name: "StorageError" } });
  });
});
