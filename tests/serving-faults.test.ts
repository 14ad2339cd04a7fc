import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ClientOptions, SplitnetClient } from "../serving/client.mjs";
import { type Description, readDescription, subjectOf } from "../serving/parts.mjs";
import { decode, encode } from "../serving/tensors.mjs";
import { filled } from "../src/base/tensor";
import { noise, servingBundle } from "./support/serving-bundle";
import { ended, ServingProcesses } from "./support/serving-processes";
import { answersOfOneProcess, isSameToTheBit } from "./support/serving-reference";

const IMAGES = noise(8);

let processes: ServingProcesses;
let description: Description;
let server: ChildProcess;

// Every program compiles 14 MB of WebAssembly, beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

beforeAll(async () => {
  processes = new ServingProcesses(
    await servingBundle({ grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 6 }),
  );
  description = await readDescription(join(processes.folder, "serving", "parts.json"));
  server = await processes.startServer();
});
afterAll(() => processes.close());

/** Starts workers for the time of `work`. */
async function withWorkers(parts: readonly string[], work: (workers: readonly ChildProcess[]) => Promise<void>): Promise<void> {
  const workers = await Promise.all(parts.map((part) => processes.startWorker(part)));
  try {
    await work(workers);
  } finally {
    await Promise.all(
      workers
        .filter((worker) => worker.exitCode === null && worker.signalCode === null)
        .map((worker) => ended(worker, "SIGKILL")),
    );
  }
}

async function withClient<Value>(options: ClientOptions, work: (client: SplitnetClient) => Promise<Value>): Promise<Value> {
  const client = await SplitnetClient.connect(description, { server: processes.server, ...options });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Another server at the same place. */
async function restartServer(configuration: string): Promise<void> {
  await ended(server, "SIGKILL");
  writeFileSync(join(processes.folder, "other.conf"), configuration);
  server = await processes.startServer(join(processes.folder, "other.conf"));
}

test("requests to a part whose only worker was killed wait until another is there", async () => {
  await withWorkers(["path_1", "path_2"], async ([, killed]) => {
    await ended(killed!, "SIGKILL");
    await withClient({}, async (client) => {
      const asked = client.ask(IMAGES, "paths");
      await sleep(300);
      await withWorkers(["path_2"], async () => {
        const { shape, data } = await asked;
        expect(client.retries["no worker"]).toBeGreaterThan(0);
        // A path sums what its trunk and branch sum, in another memory layout.
        const parts = await answersOfOneProcess(description, IMAGES, 8);
        expect(shape).toEqual(parts.shape);
        const largest = Math.max(...parts.data.map(Math.abs));
        data.forEach((value, index) => {
          expect(Math.abs(value - parts.data[index]!) / largest).toBeLessThan(1e-5);
        });
      });
    });
  });
});

test("workers of one part share its requests: each is answered by one of them", async () => {
  await withWorkers(["path_1", "path_1", "path_2"], async ([one, other]) => {
    await withClient({ attemptMs: 30_000 }, async (client) => {
      await Promise.all(Array.from({ length: 40 }, () => client.ask(IMAGES, "paths")));
      expect(client.retries).toEqual({ "no answer in time": 0, "no worker": 0, "a worker failed": 0 });
    });
    const answered = [await processes.endedInOrder(one!), await processes.endedInOrder(other!)];
    expect(Math.min(...answered)).toBeGreaterThan(0);
    expect(answered[0]! + answered[1]!).toBe(40);
  });
});

test("a worker that hangs costs its requests the time of an attempt; its answers to requests sent again change nothing", async () => {
  await withWorkers(["trunk", "branch_1", "branch_1", "branch_2"], async ([, hanging]) => {
    const expected = await answersOfOneProcess(description, IMAGES, 8);
    await withClient({ attemptMs: 200 }, async (client) => {
      hanging!.kill("SIGSTOP");
      // Each request goes to one of two at random: of twelve, some meet the one that hangs.
      const askAll = () => Promise.all(Array.from({ length: 12 }, () => client.ask(IMAGES, "tree")));
      const whileHanging = await askAll();
      expect(client.retries["no answer in time"]).toBeGreaterThan(0);
      hanging!.kill("SIGCONT");
      for (const answer of [...whileHanging, ...(await askAll())]) expect(isSameToTheBit(answer, expected)).toBe(true);
    });
  });
});

test("workers that are slower than an attempt are given more time, and not ever more requests", async () => {
  await withWorkers(["path_1", "path_2"], () =>
    withClient({ attemptMs: 5, deadlineMs: 120_000 }, async (client) => {
      await client.ask(noise(100), "paths");
      expect(client.retries["no answer in time"]).toBeGreaterThan(0);
      expect(client.retries["no answer in time"]).toBeLessThan(30);
    }),
  );
});

test("workers and callers find a server that was gone for a while", async () => {
  await withWorkers(["trunk", "branch_1", "branch_2"], () =>
    withClient({ attemptMs: 500 }, async (client) => {
      await client.ask(IMAGES, "tree");
      await ended(server, "SIGKILL");
      const asked = client.ask(IMAGES, "tree");
      server = await processes.startServer();
      expect(isSameToTheBit(await asked, await answersOfOneProcess(description, IMAGES, 8))).toBe(true);
    }),
  );
});

test("a part that nobody serves fails at the deadline and says which program to start", async () => {
  await withClient({ deadlineMs: 200 }, (client) =>
    expect(client.ask(IMAGES, "tree")).rejects.toMatchObject({
      message: "trunk: no worker, for 200 ms",
      cure: "Start: node worker.mjs --part trunk",
    }),
  );
});

test("images of another shape are refused before they are sent", async () => {
  await withClient({}, async (client) => {
    for (const shape of [
      [2, 32, 32, 3],
      [2, 3, 32],
      [0, 3, 32, 32],
      [2, 3, 16, 64],
    ]) {
      await expect(client.ask(filled(shape, 1), "tree")).rejects.toThrow(/^trunk: expected image \[.*3, 32, 32\], got image \[/);
    }
  });
});

test("a worker answers what it does not understand with cause and cure, and goes on", async () => {
  await withWorkers(["trunk"], async () => {
    const connection = await connect({ servers: processes.server });
    const ask = async (bytes: Uint8Array) =>
      decode((await connection.request(subjectOf(description, description.parts[0]!), bytes, { timeout: 5000 })).data);
    const notes = { request: "1", part: "trunk" };
    const wrong: readonly [Uint8Array, RegExp][] = [
      [new Uint8Array(), /0 bytes are too few/],
      [new Uint8Array(64).fill(255), /a header of 18446744073709551615 bytes in 64/],
      [encode(new Map([["picture", filled([1, 3, 32, 32], 0)]]), notes), /expected image \[N, 3, 32, 32\], got picture/],
      [
        encode(new Map([["image", filled([1, 3, 32, 31], 0)]]), notes),
        /expected image \[1, 3, 32, 32\], got image \[1, 3, 32, 31\]/,
      ],
      [encode(new Map(), notes), /got nothing/],
    ];
    for (const [bytes, cause] of wrong) {
      const { tensors, notes: said } = await ask(bytes);
      expect(said.error).toMatch(cause);
      expect(said).toMatchObject({ part: "trunk", final: "true", cure: expect.stringContaining("same bundle") });
      expect(tensors.size).toBe(0);
    }
    const { tensors } = await ask(encode(new Map([["image", IMAGES]]), notes));
    expect([...tensors.keys()]).toEqual(["to_branch_1", "to_branch_2"]);
    await connection.close();
  });
});

test("requests are as large as the server's messages, and a server whose messages hold no image is an error with its cure", async () => {
  const images = await withClient({}, async (client) => client.imagesPerRequest("paths"));
  // 8 MB of nats.conf, without a header's 4 kB.
  expect(images).toBe(Math.floor((8 * 1024 * 1024 - 4096) / (3 * 32 * 32 * 4)));
  await restartServer("max_payload: 10KB\n");
  await withClient({}, async (client) => {
    expect(() => client.imagesPerRequest("paths")).toThrow(/a message of one image has 16384 bytes, the server takes 10240/);
  });
});

test("a server with a token is told the one of NATS_TOKEN", async () => {
  await restartServer("authorization { token: open_sesame }\n");
  const connecting = () => withClient({}, async (client) => client.imagesPerRequest("paths"));
  await expect(connecting()).rejects.toMatchObject({ cure: expect.stringContaining("set NATS_TOKEN where it wants a token") });
  vi.stubEnv("NATS_TOKEN", "open_sesame");
  expect(await connecting()).toBeGreaterThan(0);
  vi.unstubAllEnvs();
});
