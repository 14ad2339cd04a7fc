import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { askInBatches } from "../serving/batches.mjs";
import { SplitnetClient } from "../serving/client.mjs";
import { type Description, readDescription } from "../serving/parts.mjs";
import { noise, servingBundle } from "./support/serving-bundle";
import { ended, ServingProcesses } from "./support/serving-processes";
import { answersOfOneProcess, isSameToTheBit } from "./support/serving-reference";

/** The split network under load with a worker lost and found: real server, real processes, the programs of an exported bundle. */

const IMAGES = 10_000;
/** Small enough for a message, and the same for the reference: other batches may be summed in another order. */
const BATCH = 50;
const KILLED_AFTER = IMAGES / 2;
const RESTARTED_AFTER = 0.65 * IMAGES;
const WORKERS = ["trunk", "branch_1", "branch_1", "branch_2", "branch_2"];

let processes: ServingProcesses;
let description: Description;
let workers: ChildProcess[];

// Every program compiles 14 MB of WebAssembly, beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

beforeAll(async () => {
  processes = new ServingProcesses(
    await servingBundle({ grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 20 }),
  );
  description = await readDescription(join(processes.folder, "serving", "parts.json"));
  await processes.startServer();
  workers = await Promise.all(WORKERS.map((part) => processes.startWorker(part)));
});
afterAll(() => processes.close());

/** Images answered and when, from the start of the load on. */
class Throughput {
  readonly #startedAt = performance.now();
  readonly #answers: { readonly atMs: number; readonly images: number }[] = [];
  images = 0;

  add(images: number): void {
    this.images += images;
    this.#answers.push({ atMs: this.now(), images });
  }

  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** Images a second between two moments. */
  rate(fromMs: number, toMs: number): number {
    const within = this.#answers.filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
    return (1000 * within.reduce((sum, { images }) => sum + images, 0)) / (toMs - fromMs);
  }
}

test("10,000 images get the answers of one process to the bit while one branch worker of four is killed half-way and comes back", async () => {
  const images = noise(IMAGES);
  const client = await SplitnetClient.connect(description, { server: processes.server, attemptMs: 2000 });
  const throughput = new Throughput();
  let killed: Promise<number> | null = null;
  let back: Promise<{ readonly worker: ChildProcess; readonly atMs: number }> | null = null;
  const onAnswer = (count: number): void => {
    throughput.add(count);
    if (throughput.images >= KILLED_AFTER && killed === null) {
      killed = ended(workers[1]!, "SIGKILL").then((code) => {
        expect(code, "killed, not ended").toBeNull();
        return throughput.now();
      });
    }
    if (throughput.images >= RESTARTED_AFTER && back === null) {
      back = processes.startWorker(WORKERS[1]!).then((worker) => ({ worker, atMs: throughput.now() }));
    }
  };
  const answers = await askInBatches(client, images, { mode: "tree", batch: BATCH, inFlight: 6, onAnswer });
  const endedAt = throughput.now();
  await client.close();

  const { worker, atMs: backAt } = (await back)!;
  const killedAt = (await killed)!;
  const aloneAt = performance.now();
  const expected = await answersOfOneProcess(description, images, BATCH);
  const alone = (1000 * IMAGES) / (performance.now() - aloneAt);
  const rate = (from: number, to: number): string => throughput.rate(from, to).toFixed(0);
  console.log(
    `images a second: ${rate(0, killedAt)} with all workers, ${rate(killedAt, backAt)} with one of four branch workers killed, ` +
      `${rate(backAt, endedAt)} with it back, ${alone.toFixed(0)} in one process; ${availableParallelism()} cores; sent again: ${JSON.stringify(client.retries)}`,
  );
  expect(isSameToTheBit(answers, expected)).toBe(true);
  expect(await processes.endedInOrder(worker), "requests of the worker that came back").toBeGreaterThan(0);
});

test("workers that are told to end answer what they have accepted: nothing is sent again for want of an answer", async () => {
  const images = noise(600);
  // Long enough for whatever else the machine does: only a lost request is sent again.
  const client = await SplitnetClient.connect(description, { server: processes.server, attemptMs: 30_000 });
  const [kept, leaving] = [workers[3]!, workers[4]!];
  let left: Promise<number> | null = null;
  const onAnswer = (): void => {
    left ??= processes.endedInOrder(leaving);
  };
  const answers = await askInBatches(client, images, { mode: "tree", batch: 20, inFlight: 8, onAnswer });
  await client.close();
  expect(await left, "requests of the worker that left").toBeGreaterThan(0);
  expect(client.retries).toEqual({ "no answer in time": 0, "no worker": 0, "a worker failed": 0 });
  expect(isSameToTheBit(answers, await answersOfOneProcess(description, images, 20))).toBe(true);
  expect(kept.exitCode).toBeNull();
});
