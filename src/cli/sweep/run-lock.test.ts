import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { thisMachine } from "./machine";
import { LockWatch, type RunLock, STALE_AFTER_MS } from "./run-lock";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-lock-"));
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

/** A watch whose clock the test moves. */
function watchAt(clock: { now: number }): LockWatch {
  return new LockWatch(() => clock.now);
}

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await new Promise((done) => child.on("close", done));
  return child.pid ?? 0;
}

const write = (number: number, holder: object) => writeFile(join(folder, `lock-${number}.json`), JSON.stringify(holder));

test("of many that ask at once exactly one gets the lock, and the next one after its release", async () => {
  const asked = await Promise.all(Array.from({ length: 20 }, () => new LockWatch().take(folder)));
  const got = asked.filter((lock): lock is RunLock => lock !== null);
  expect(got.length).toBe(1);
  expect(await new LockWatch().take(folder)).toBeNull();
  await got[0]?.release();
  expect(await readdir(folder)).toEqual([]);
  const next = await new LockWatch().take(folder);
  expect(next).not.toBeNull();
  await next?.release();
});

test("the lock of a process of this machine that has ended is taken over at once", async () => {
  await write(4, { machine: thisMachine(), pid: await deadPid(), token: "t", beat: 3 });
  const lock = await new LockWatch().take(folder);
  expect(await readdir(folder)).toEqual(["lock-4.json", "lock-5.json"]);
  await lock?.release();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ["of another machine", { machine: "elsewhere", pid: 1, token: "t", beat: 3 }],
  ["of this host after another boot", { machine: `${hostname()} boot pid`, pid: 1, token: "t", beat: 3 }],
  ["whose holder died while it wrote", "{"],
])("a lock %s is taken over once it did not beat for a minute, and not before", async (_, holder) => {
  await writeFile(join(folder, "lock-1.json"), typeof holder === "string" ? holder : JSON.stringify(holder));
  const clock = { now: 1000 };
  const watch = watchAt(clock);
  expect(await watch.take(folder)).toBeNull();
  clock.now += STALE_AFTER_MS - 1;
  expect(await watch.take(folder)).toBeNull();
  clock.now += 1;
  const lock = await watch.take(folder);
  expect(lock).not.toBeNull();
  await lock?.release();
});

test("a lock that beats is never taken over, whatever the clocks of the machines say", async () => {
  const clock = { now: 0 };
  const watch = watchAt(clock);
  for (let beat = 0; beat < 5; beat++) {
    await write(1, { machine: "elsewhere", pid: 1, token: "t", beat });
    expect(await watch.take(folder)).toBeNull();
    clock.now += STALE_AFTER_MS - 1;
  }
});

test("of many that find the same lock stale exactly one takes it over", async () => {
  await write(1, { machine: thisMachine(), pid: await deadPid(), token: "t", beat: 0 });
  const asked = await Promise.all(Array.from({ length: 20 }, () => new LockWatch().take(folder)));
  const got = asked.filter((lock) => lock !== null);
  expect(got.length).toBe(1);
  await got[0]?.release();
});

test("a holder writes its lock anew, and learns that another has taken it over", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const lock = await new LockWatch().take(folder);
  const beat = async () => JSON.parse(await readFile(join(folder, "lock-1.json"), "utf8")).beat;
  expect(await beat()).toBe(0);
  vi.advanceTimersByTime(STALE_AFTER_MS / 2);
  await vi.waitFor(async () => expect(await beat()).toBeGreaterThan(0));
  expect(lock?.lost.aborted).toBe(false);
  await write(2, { machine: "elsewhere", pid: 1, token: "u", beat: 0 });
  vi.advanceTimersByTime(STALE_AFTER_MS / 2);
  await vi.waitFor(() => expect(lock?.lost.aborted).toBe(true));
  await lock?.release();
  expect(await readdir(folder)).toEqual(["lock-2.json"]);
});
