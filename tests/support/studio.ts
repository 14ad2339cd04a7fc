import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { exampleConfig, type FakeFaults, fakeCompute } from "../../src/engine/testing";
import type { Metric } from "../../src/model/run";
import type { Command } from "../../src/protocol/commands";
import { type EngineEvent, type EventMessage, PROTOCOL_VERSION } from "../../src/protocol/events";
import { openFolder } from "../../src/storage/folder/open";
import type { StudioDevice } from "../../src/worker/device-keeper";
import { Studio, type StudioParts } from "../../src/worker/studio";

/** A studio over a folder and a stand-in for the device. */

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

export const GPU: StudioDevice = {
  report: { kind: "software", description: "a stand-in", features: [], maxBufferBytes: 1024 },
  lost: new Promise(() => undefined),
  close: () => undefined,
  compute: fakeCompute(),
  kernels: new Promise(() => undefined),
};

/** A studio over a folder; a second one over the same folder is a reloaded page. */
export async function opened(
  parts: Partial<StudioParts> & { root?: string; faults?: FakeFaults; onEvent?: (event: EngineEvent) => void } = {},
) {
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
      parts.onEvent?.(message.event);
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
