import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { integerOf, randomStream } from "../base/random";
import { type OpenDevice, openDevice } from "../kernels/device";
import { tuningInMemory } from "../kernels/tuning-store";
import type { Metric, RunTrouble } from "../model/run";
import { openFolder } from "../storage/folder/open";
import { contents } from "../storage/testing";
import { checkpointName } from "./checkpoint";
import type { Compute, EngineContext, EngineFact } from "./context";
import { deviceCompute } from "./device-compute";
import type { Beats } from "./hang-watch";
import { createRun } from "./runs";
import { evaluateStage, finetuneStage, groupStage, splitStage } from "./stages";
import { exampleConfig, exampleContext } from "./testing";

/** A device that is opened anew by whoever computes after it was lost, as page and command line do. */
class Devices {
  opened = 0;
  #beat: () => void = () => undefined;
  #current: Promise<{ readonly device: OpenDevice; readonly compute: Compute }> | null = null;

  readonly compute: Compute = {
    check: async () => undefined,
    fit: (options) => this.#fit(options),
    evaluate: async (...request) => (await this.#open()).compute.evaluate(...request),
  };

  /** The device is gone at once, as after a reset of its driver. */
  async destroy(): Promise<void> {
    (await this.#current)?.device.device.destroy();
  }

  /** The device has work for seconds, and the watch is told that an hour went by. */
  async hang(): Promise<void> {
    busyForSeconds((await this.#current)!.device.device);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (let second = 0; second <= 3600; second++) this.#beat();
  }

  async close(): Promise<void> {
    (await this.#current)?.device.close();
  }

  async *#fit(options: Parameters<Compute["fit"]>[0]): ReturnType<Compute["fit"]> {
    return yield* (await this.#open()).compute.fit(options);
  }

  #open() {
    this.#current ??= this.#openAnew();
    return this.#current;
  }

  async #openAnew() {
    this.opened++;
    const device = await openDevice(navigator.gpu);
    void device.lost.then(() => {
      this.#current = null;
    });
    const beats: Beats = (beat) => {
      this.#beat = beat;
      return () => undefined;
    };
    return { device, compute: deviceCompute(device, tuningInMemory(), beats) };
  }
}

/** Submits one dispatch that takes seconds: no driver ends it before. */
function busyForSeconds(device: GPUDevice): void {
  const code = `
    @group(0) @binding(0) var<storage, read_write> value: array<u32>;
    @compute @workgroup_size(1) fn main() {
      for (var i = 0u; i < 1000000000u; i++) { value[0] = value[0] * 1664525u + 1013904223u; }
    }`;
  const module = device.createShaderModule({ label: "busy", code });
  const pipeline = device.createComputePipeline({ label: "busy", layout: "auto", compute: { module, entryPoint: "main" } });
  const buffer = device.createBuffer({ label: "busy", size: 4, usage: GPUBufferUsage.STORAGE });
  const encoder = device.createCommandEncoder({ label: "busy" });
  const pass = encoder.beginComputePass({ label: "busy" });
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

const folders: string[] = [];
const devices: Devices[] = [];
afterEach(() => Promise.all(devices.splice(0).map((each) => each.close())));
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

interface World extends EngineContext {
  readonly devices: Devices;
}

async function world(): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), "splitnet-loss-"));
  folders.push(root);
  const own = new Devices();
  devices.push(own);
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { ...exampleContext(openFolder(root).runs, { compute: own.compute, now: () => 1, breathe }), devices: own };
}

/** Hash of both stages' last checkpoints and curves, and what the networks take the test images for. */
async function wholeRun(context: EngineContext): Promise<string> {
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  await splitStage(context, id);
  await finetuneStage(context, id);
  const evaluation = await evaluateStage(context, id);
  const hash = createHash("sha256");
  for (const stage of ["group", "finetune"] as const)
    hash.update((await contents(context.runs.readFile(id, checkpointName(stage))))!);
  const metrics: readonly Metric[] = await context.runs.readMetrics(id);
  hash.update(JSON.stringify([metrics, evaluation?.unsplit.confusion, evaluation?.split?.confusion]));
  return hash.digest("hex");
}

let expected: Promise<string> | undefined;
function uninterrupted(): Promise<string> {
  expected ??= world().then(wholeRun);
  return expected;
}

/** Destroys the device once, when `when` is true of a fact. */
function destroying(context: World, when: (fact: EngineFact) => boolean): EngineContext {
  let done = false;
  const observer = (fact: EngineFact): void => {
    if (done || !when(fact)) return;
    done = true;
    void context.devices.destroy();
  };
  return { ...context, observer };
}

/** A store whose next write of a checkpoint takes the device with it. */
function destroyingInSave(context: World): EngineContext {
  const { runs } = context;
  const write = runs.writeFile.bind(runs);
  runs.writeFile = async (...request) => {
    runs.writeFile = write;
    await context.devices.destroy();
    await write(...request);
  };
  return context;
}

/** The device goes while training or evaluation is being put on it. */
function destroyingInUpload(context: World): EngineContext {
  let done = false;
  const { compute } = context;
  const fit: Compute["fit"] = (options) => {
    // After the device was opened, while data is on its way to it.
    if (!done) setTimeout(() => void context.devices.destroy(), 0);
    done = true;
    return compute.fit(options);
  };
  return { ...context, compute: { ...compute, fit } };
}

describe("a device destroyed once ends in the same run, to the bit:", () => {
  test.each([
    ["while data is put on it", destroyingInUpload],
    ["at a step", (context) => destroying(context, (fact) => fact.kind === "progress" && fact.step >= 3)],
    ["as losses were read back", (context) => destroying(context, (fact) => fact.kind === "metrics")],
    [
      "in the second stage",
      (context) => destroying(context, (fact) => fact.kind === "progress" && fact.stage === "finetune" && fact.step >= 5),
    ],
    ["in a validation", (context) => destroying(context, (fact) => fact.kind === "assignments" && fact.step === 6)],
    ["in the evaluation", (context) => destroying(context, (fact) => fact.kind === "evaluating")],
    ["while a checkpoint is saved", destroyingInSave],
  ] as readonly (readonly [string, (context: World) => EngineContext])[])("%s", async (_, broken) => {
    const context = await world();
    expect(await wholeRun(broken(context))).toBe(await uninterrupted());
    expect(context.devices.opened).toBe(2);
  });
});

test("a device that hangs once at a random step is given up, and the run ends the same, to the bit", async () => {
  const context = await world();
  const step = integerOf(randomStream(12, "sample").words(0, 0)[0], exampleConfig.group.steps - 1);
  const troubles: RunTrouble[] = [];
  let hung = false;
  const observer = (fact: EngineFact): void => {
    if (fact.kind === "troubled") troubles.push(fact.trouble);
    if (hung || fact.kind !== "progress" || fact.step < step) return;
    hung = true;
    void context.devices.hang();
  };
  expect(await wholeRun({ ...context, observer })).toBe(await uninterrupted());
  expect(context.devices.opened).toBe(2);
  expect(troubles).toMatchObject([{ kind: "deviceLost", reason: expect.stringMatching(/did not answer for 3601 seconds/) }]);
});

test("a device destroyed ten times at random moments ends in the same run, to the bit", async () => {
  const context = await world();
  const stream = randomStream(11, "sample");
  let losses = 0;
  let planned = -1;
  const observer = (fact: EngineFact): void => {
    if (fact.kind !== "checkpointed" || losses >= 10 || planned === losses) return;
    planned = losses;
    setTimeout(
      async () => {
        await context.devices.destroy();
        losses++;
      },
      integerOf(stream.words(losses, 0)[0], 40),
    );
  };
  const config = { ...exampleConfig, group: { ...exampleConfig.group, checkpointEverySteps: 3, steps: 60 } };
  const { id } = await createRun(context, config);
  expect(await groupStage({ ...context, observer }, id)).toBe("finished");
  const calm = await world();
  const other = await createRun(calm, config);
  await groupStage(calm, other.id);
  expect(losses).toBe(10);
  const states = await Promise.all([
    contents(context.runs.readFile(id, checkpointName("group"))),
    contents(calm.runs.readFile(other.id, checkpointName("group"))),
  ]);
  expect(Buffer.compare(states[0]!, states[1]!)).toBe(0);
  expect(await context.runs.readMetrics(id)).toEqual(await calm.runs.readMetrics(other.id));
});
