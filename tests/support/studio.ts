import "fake-indexeddb/auto";
import { exampleConfig, type FakeFaults, fakeCompute } from "../../src/engine/testing";
import { metricsOfColumns } from "../../src/model/curve-columns";
import type { Metric } from "../../src/model/run";
import type { Command } from "../../src/protocol/commands";
import { type EngineEvent, type EventMessage, PROTOCOL_VERSION } from "../../src/protocol/events";
import { openDatabase } from "../../src/storage/browser/database";
import { DatabaseArea } from "../../src/storage/browser/database-area";
import { BrowserDatasetStore } from "../../src/storage/browser/dataset";
import { BrowserRunStore } from "../../src/storage/browser/runs";
import type { PageStores } from "../../src/storage/stores";
import type { StudioDevice } from "../../src/worker/device-keeper";
import { Studio, type StudioParts } from "../../src/worker/studio";

/** A studio over a browser's database in memory and a stand-in for the device. */

let databases = 0;

/** The page's stores, over the database of that name. */
export async function openStores(name: string): Promise<PageStores> {
  const database = await openDatabase(name);
  const runs = new BrowserRunStore(database, new DatabaseArea(database));
  return { datasets: new BrowserDatasetStore(database), runs, filesIn: "IndexedDB" };
}

/** Queues by the name of their database, so that a reloaded page finds its own. */
const queues = new Map<string, unknown>();

/** What a browser keeps of the queue beside the database of that name. */
export function queueValues(name: string): StudioParts["queueValues"] {
  return {
    read: async () => structuredClone(queues.get(name)),
    write: async (_key, value) => void queues.set(name, structuredClone(value)),
  };
}

/** Leaves the first ten bytes of a stored file of a run. */
export async function damageFile(name: string, runId: string, file: string): Promise<void> {
  const area = new DatabaseArea(await openDatabase(name));
  await area.write(runId, file, (await area.read(runId, file))!.slice(0, 10));
}

export const GPU: StudioDevice = {
  report: { kind: "software", description: "a stand-in", features: [], maxBufferBytes: 1024 },
  lost: new Promise(() => undefined),
  close: () => undefined,
  compute: fakeCompute(),
  kernels: new Promise(() => undefined),
  adapter: { vendor: "nobody", architecture: "", device: "", driver: "none", limits: { maxBufferSize: 1024 } },
  memory: () => ({ bytes: 4096, buffers: 2 }),
  measure: async ({ batchSize }, { steps, signal, onStep }) => {
    for (let done = 1; done <= steps; done++) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      onStep?.(done);
    }
    return { batchSize, seconds: [0.5], medianSeconds: 0.5, imagesPerSecond: batchSize / 0.5, deviceBytes: 1e6 };
  },
};

/** A studio over a database; a second one over the same is a reloaded page. */
export async function opened(
  parts: Partial<StudioParts> & { database?: string; faults?: FakeFaults; onEvent?: (event: EngineEvent) => void } = {},
) {
  const database = parts.database ?? `studio-${databases++}`;
  const messages: EventMessage[] = [];
  const waiting = new Set<() => void>();
  let clock = Date.UTC(2024, 0, 31, 12);
  const studio = new Studio({
    openStores: () => openStores(database),
    mirrorValues: { read: async () => undefined, write: async () => undefined },
    queueValues: queueValues(database),
    openDevice: async () => ({ ...GPU, compute: fakeCompute(parts.faults) }),
    browser: { userAgent: "test", isSecureContext: true, hasWebGpu: true },
    locks: null,
    tabs: null,
    estimateStorage: async () => null,
    now: () => (clock += 10),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    decodeImage: async () => {
      throw new Error("nothing decodes here");
    },
    openBranch: () => {
      throw new Error("nothing opens branches here");
    },
    verify: async () => {
      throw new Error("nothing verifies here");
    },
    ...parts,
    post: (message) => {
      messages.push(message);
      parts.onEvent?.(message.event);
      for (const check of waiting) check();
    },
  });
  let nextId = 0;
  const events = (): EngineEvent[] => messages.map((message) => message.event);
  const of = <Kind extends EngineEvent["kind"]>(kind: Kind) =>
    events().filter((event): event is Extract<EngineEvent, { kind: Kind }> => event.kind === kind);
  return {
    database,
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

export async function withSample(parts: Parameters<typeof opened>[0] = {}): Promise<Opened> {
  const page = await opened(parts);
  await page.send({ kind: "useSampleData" });
  return page;
}

/** Losses by step of a stage as the page would draw them, rewinding where it is told to. */
export function drawn(events: readonly EngineEvent[], stage: "group" | "finetune"): Map<number, number> {
  const losses = new Map<number, number>();
  const draw = (metrics: readonly Metric[]) => {
    for (const metric of metrics) if (metric.kind === "step" && metric.stage === stage) losses.set(metric.step, metric.total);
  };
  for (const event of events) {
    if (event.kind === "runOpened") {
      losses.clear();
      draw(metricsOfColumns(event.run.curves));
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
export function wholeCurve(): Promise<Map<number, number>> {
  curve ??= trainedCurve();
  return curve;
}

async function trainedCurve(): Promise<Map<number, number>> {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  return drawn(page.events(), "group");
}

const paused = (event: EngineEvent) => event.kind === "activityChanged" && event.activity.kind === "paused";

/** Stage 1 asked to pause as soon as it trains. */
export async function pausedRun(parts: Parameters<typeof opened>[0] = {}) {
  const page = await withSample(parts);
  const group = page.send({ kind: "group", config: exampleConfig });
  await page.until((event) => event.kind === "metricsRecorded");
  await page.send({ kind: "pause" });
  await page.until(paused);
  return { page, group };
}
