import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { Metric } from "../model/run";
import { openFolder } from "../storage/folder/open";
import type { Compute, EngineContext, EngineFact } from "./context";
import { guardAgainstLoss } from "./device-compute";
import { type Beats, everySecond, HangWatch } from "./hang-watch";
import { createRun } from "./runs";
import { groupStage } from "./stages";
import { exampleConfig, exampleContext, fakeCompute } from "./testing";

const PATIENCE = 60;
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Beats given by hand to whoever listens, and a device that answers when it is told to. */
class Bench {
  readonly reasons: string[] = [];
  readonly listeners = new Set<() => void>();
  probes = 0;
  #answer: () => void = () => undefined;

  readonly beats: Beats = (beat) => {
    this.listeners.add(beat);
    return () => void this.listeners.delete(beat);
  };

  readonly watch = new HangWatch({
    probe: () => {
      this.probes++;
      return new Promise<void>((resolve) => (this.#answer = resolve));
    },
    patienceSeconds: PATIENCE,
    giveUp: (reason) => this.reasons.push(reason),
    beats: this.beats,
  });

  beat(times: number): void {
    for (let i = 0; i < times; i++) for (const beat of this.listeners) beat();
  }

  async answer(): Promise<void> {
    this.#answer();
    await settled();
  }
}

const never = () => new Promise<never>(() => undefined);

describe("a device that does not answer", () => {
  test("is given up one beat after patience has ended, with how long that was", () => {
    const bench = new Bench();
    void bench.watch.during(never());
    bench.beat(PATIENCE);
    expect(bench.reasons).toEqual([]);
    bench.beat(1);
    expect(bench.reasons).toEqual(["it did not answer for 61 seconds"]);
  });

  test("is asked once, and not again before it has answered", async () => {
    const bench = new Bench();
    void bench.watch.during(never());
    bench.beat(20);
    expect(bench.probes).toBe(1);
    await bench.answer();
    bench.beat(20);
    expect(bench.probes).toBe(2);
  });

  test("may take ten times as long as it once took to answer", async () => {
    const bench = new Bench();
    void bench.watch.during(never());
    bench.beat(50);
    await bench.answer();
    bench.beat(500);
    expect(bench.reasons).toEqual([]);
    bench.beat(1);
    expect(bench.reasons).toHaveLength(1);
  });

  test("that answers whether its work is done is never given up, however long somebody waits", async () => {
    const bench = new Bench();
    void bench.watch.during(never());
    for (let i = 0; i < 20; i++) {
      bench.beat(PATIENCE);
      await bench.answer();
    }
    expect(bench.reasons).toEqual([]);
  });

  test("is not watched while nobody waits, and what it was silent for before does not count", async () => {
    const bench = new Bench();
    for (const outcome of [Promise.resolve(), Promise.reject(new Error("it failed"))]) {
      let end: (value: unknown) => void = () => undefined;
      const wait = bench.watch.during(new Promise((resolve) => (end = resolve))).catch(() => undefined);
      bench.beat(40);
      end(outcome);
      await wait;
      expect(bench.listeners.size).toBe(0);
    }
    // Waits that overlap are watched until the last one ends.
    const [first] = [bench.watch.during(settled()), bench.watch.during(never())];
    await first;
    expect(bench.listeners.size).toBe(1);
    expect(bench.reasons).toEqual([]);
  });
});

test("beats come every second, and leave no timer behind that would keep a process alive", () => {
  vi.useFakeTimers();
  let beats = 0;
  const stop = everySecond(() => void beats++);
  vi.advanceTimersByTime(3500);
  stop();
  expect([beats, vi.getTimerCount()]).toEqual([3, 0]);
  vi.useRealTimers();
});

/** Devices opened one after the other; the first never answers again once training has come to the step. */
function hangingAt(step: number, bench: Bench): Compute {
  let hung = false;
  const compute: Compute = {
    ...fakeCompute(),
    fit: async function* (options) {
      for await (const fact of fakeCompute().fit(options)) {
        if (!hung && fact.kind === "steps" && fact.metrics.at(-1)!.step >= step) {
          hung = true;
          setTimeout(() => bench.beat(PATIENCE + 1), 0);
          await never();
        }
        yield fact;
      }
      return options.start;
    },
  };
  const open = (): Compute => {
    let giveUp: (reason: string) => void = () => undefined;
    const lost = new Promise<string>((resolve) => (giveUp = resolve));
    const watch = new HangWatch({ probe: never, patienceSeconds: PATIENCE, giveUp, beats: bench.beats });
    return guardAgainstLoss(compute, lost, watch);
  };
  return { ...compute, fit: (options) => open().fit(options) };
}

test("a run whose device stops answering goes on, on the next one, to the same end", async () => {
  const root = await mkdtemp(join(tmpdir(), "splitnet-hang-"));
  const facts: EngineFact[] = [];
  const bench = new Bench();
  const trained = async (changes: Partial<EngineContext>): Promise<readonly Metric[]> => {
    const context = exampleContext(openFolder(root).runs, changes);
    const { id } = await createRun(context, exampleConfig);
    expect(await groupStage(context, id)).toBe("finished");
    return context.runs.readMetrics(id);
  };
  const observer = (fact: EngineFact): void => void facts.push(fact);
  expect(await trained({ compute: hangingAt(5, bench), observer })).toEqual(await trained({}));
  const reason = expect.stringMatching(/did not answer for 61 seconds/);
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: "troubled", trouble: { kind: "deviceLost", stage: "group", step: 4, reason } }),
  );
  expect(bench.listeners.size).toBe(0);
  await rm(root, { recursive: true });
});
