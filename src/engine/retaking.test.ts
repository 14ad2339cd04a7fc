import { cp, mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeviceLostError } from "../base/errors";
import type { TrainingStage } from "../model/run";
import { openFolder } from "../storage/folder/open";
import { sha256 } from "../storage/sha256";
import type { Compute, EngineContext, EngineFact } from "./context";
import { exportStage } from "./export-stage";
import { readRun } from "./opened-run";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext, fakeCompute } from "./testing";

/** Steps of the checkpoint before the last one, and of the stage. */
const STEPS = { group: [8, 11], finetune: [6, 7] } as const;

let id: string;
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** The run as it was when each phase began. */
const phases = { grouped: "", finetuning: "", finetuned: "" };

async function emptyFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-retaking-"));
  folders.push(root);
  return root;
}

async function copyOf(root: string): Promise<string> {
  const copy = await emptyFolder();
  await cp(root, copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  const root = await emptyFolder();
  const context = exampleContext(openFolder(root).runs);
  id = (await createRun(context, exampleConfig)).id;
  await groupStage(context, id);
  phases.grouped = await copyOf(root);
  await splitStage(context, id);
  phases.finetuning = await copyOf(root);
  await finetuneStage(context, id);
  phases.finetuned = root;
});

interface World extends EngineContext {
  readonly root: string;
  readonly facts: EngineFact[];
}

/** The run in a phase, with the last checkpoints of these stages damaged. */
async function damaged(
  phase: keyof typeof phases,
  stages: readonly TrainingStage[],
  changes: Partial<EngineContext> = {},
): Promise<World> {
  const root = await copyOf(phases[phase]);
  for (const stage of stages) await truncate(fileOf(root, stage), 10);
  const facts: EngineFact[] = [];
  const context = exampleContext(openFolder(root).runs, { observer: (fact) => void facts.push(fact), ...changes });
  return { ...context, root, facts };
}

const fileOf = (root: string, stage: TrainingStage): string => join(root, "runs", id, `${stage}.safetensors`);
const hashOf = async (root: string, stage: TrainingStage): Promise<string> => sha256(await readFile(fileOf(root, stage)));
const troubles = ({ facts }: World) => facts.flatMap((fact) => (fact.kind === "troubled" ? [fact.trouble] : []));

/** Names and hashes of the run's files. */
async function snapshot(root: string): Promise<Record<string, string>> {
  const folder = join(root, "runs", id);
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await sha256(await readFile(join(folder, name)))])),
  );
}

/** Of whatever a stage gives: bytes would take minutes to be compared one by one where they differ. */
function digest(result: unknown): Promise<string> {
  const plain = (_: string, value: unknown): unknown => {
    if (value instanceof Map) return [...value];
    return value instanceof Float32Array || value instanceof Uint8Array ? Array.from(value) : value;
  };
  return sha256(new TextEncoder().encode(JSON.stringify(result, plain)));
}

const toldOf = (stage: TrainingStage) => [
  { kind: "retaking", stage, step: STEPS[stage][0], steps: STEPS[stage][1] },
  { kind: "retaken", stage },
];

describe("where the last checkpoint of a finished stage is damaged, its last steps are taken again, to the bit, by", () => {
  test.each([
    ["split", "grouped", ["group"], splitStage],
    ["evaluate", "grouped", ["group"], evaluateStage],
    ["finetune", "finetuning", ["group"], finetuneStage],
    ["evaluate, of both networks", "finetuned", ["group", "finetune"], evaluateStage],
    ["export, of both networks", "finetuned", ["group", "finetune"], exportStage],
  ] as const)("%s", async (_, phase, stages, work) => {
    const context = await damaged(phase, stages);
    const whole = await damaged(phase, []);
    expect(await digest(await work(context, id))).toBe(await digest(await work(whole, id)));
    expect(troubles(context)).toEqual(stages.flatMap((stage) => toldOf(stage)));
    for (const stage of stages) {
      expect(await hashOf(context.root, stage)).toBe(await hashOf(whole.root, stage));
      expect(context.facts).toContainEqual(expect.objectContaining({ kind: "progress", stage, step: STEPS[stage][1] }));
    }
    // The curves have had these steps from the first time.
    expect(await context.runs.readMetrics(id)).toEqual(await whole.runs.readMetrics(id));
    expect(context.facts.filter(({ kind }) => kind === "rewound")).toEqual(whole.facts.filter(({ kind }) => kind === "rewound"));
    expect(await context.runs.get(id)).toEqual(await whole.runs.get(id));
    // Once is enough.
    const [before, next] = [troubles(context).length, phase === "finetuned" ? exportStage : evaluateStage];
    if (phase !== "finetuning") await next({ ...context, compute: { ...fakeCompute(), fit: neverTrains } }, id);
    expect(troubles(context)).toHaveLength(before);
  });
});

function neverTrains(): never {
  throw new Error("nothing is to be trained");
}

/** Loses the device before this checkpoint of a stage, so many times. */
function losing(step: number, times: number): Compute {
  let left = times;
  return {
    ...fakeCompute(),
    fit: async function* (options) {
      for await (const fact of fakeCompute().fit(options)) {
        if (fact.kind === "checkpoint" && fact.state.step === step && left-- > 0) {
          throw new DeviceLostError("the graphics device was lost: reset", "Try again.");
        }
        yield fact;
      }
      return options.start;
    },
  };
}

test("a device lost meanwhile is replaced, and told", async () => {
  const context = await damaged("grouped", ["group"], { compute: losing(11, 2) });
  await splitStage(context, id);
  expect(troubles(context).map(({ kind }) => kind)).toEqual(["retaking", "deviceLost", "deviceLost", "retaken"]);
  expect(await hashOf(context.root, "group")).toBe(await hashOf(phases.grouped, "group"));
});

test("a device lost again and again ends it, and nothing stored has changed", async () => {
  const context = await damaged("grouped", ["group"], { compute: losing(11, 9) });
  const before = await snapshot(context.root);
  await expect(splitStage(context, id)).rejects.toMatchObject({
    name: "DeviceLostError",
    message: expect.stringMatching(/4 times/),
  });
  expect(await snapshot(context.root)).toEqual(before);
});

describe("a stop meanwhile ends it, and nothing stored has changed:", () => {
  test.each([
    ["split", "grouped", splitStage, null],
    ["finetune", "finetuning", finetuneStage, "stopped"],
    ["evaluate", "finetuned", evaluateStage, null],
    ["export", "finetuned", exportStage, null],
  ] as const)("%s", async (_, phase, work, outcome) => {
    const context = await damaged(phase, ["group"]);
    const before = await snapshot(context.root);
    const observer = (fact: EngineFact): void => {
      if (fact.kind === "progress") context.control.stop();
    };
    expect(await work({ ...context, observer }, id)).toBe(outcome);
    expect(await snapshot(context.root)).toEqual(before);
  });
});

test("a pause meanwhile holds it", async () => {
  const context = await damaged("finetuned", ["group"]);
  const observer = (fact: EngineFact): void => {
    context.observer(fact);
    if (fact.kind === "progress" && fact.step === 10) context.control.pause();
    if (fact.kind === "paused") setTimeout(() => context.control.resume(), 1);
  };
  expect(await exportStage({ ...context, observer }, id)).not.toBeNull();
  expect(context.facts).toContainEqual({ kind: "paused", runId: id, stage: "group", step: 10, steps: 11 });
  expect(await hashOf(context.root, "group")).toBe(await hashOf(phases.finetuned, "group"));
});

test("a device that computes other losses than the first one is told of", async () => {
  const other: Compute = {
    ...fakeCompute(),
    fit: async function* (options) {
      for await (const fact of fakeCompute().fit(options)) {
        if (fact.kind !== "steps") yield fact;
        else yield { ...fact, metrics: fact.metrics.map((metric) => ({ ...metric, total: metric.total * (1 + 2 ** -40) })) };
      }
      return options.start;
    },
  };
  const context = await damaged("grouped", ["group"], { compute: other });
  await splitStage(context, id);
  expect(troubles(context)).toContainEqual({ kind: "retakenDiffers", stage: "group", step: 8 });
});

test.each(["group", "finetune"] as const)(
  "without any checkpoint of stage %s left it is refused, and nothing changes",
  async (stage) => {
    const context = await damaged("finetuned", [stage]);
    await truncate(`${fileOf(context.root, stage)}.prev`, 10);
    const before = await snapshot(context.root);
    await expect(evaluateStage(context, id)).rejects.toMatchObject({
      name: "CheckpointError",
      cure: expect.stringMatching(/Group/),
    });
    await expect(exportStage(context, id)).rejects.toMatchObject({ name: "CheckpointError" });
    expect(await snapshot(context.root)).toEqual(before);
  },
);

test("looking at such a run trains nothing and changes nothing", async () => {
  const context = await damaged("finetuned", ["group", "finetune"]);
  const before = await snapshot(context.root);
  expect((await readRun(context.runs, id)).assignments?.step).toBe(STEPS.group[0]);
  expect(await snapshot(context.root)).toEqual(before);
});

test("an evaluation while stage 2 goes on says that it is of an earlier checkpoint", async () => {
  const context = await damaged("finetuning", []);
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "progress" && fact.step === 6) context.control.stop();
  };
  expect(await finetuneStage({ ...context, observer }, id)).toBe("stopped");
  await truncate(fileOf(context.root, "finetune"), 10);
  const facts: EngineFact[] = [];
  await evaluateStage(exampleContext(context.runs, { observer: (fact) => void facts.push(fact) }), id);
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: "troubled", trouble: { kind: "previousCopy", stage: "finetune", step: 4 } }),
  );
});
