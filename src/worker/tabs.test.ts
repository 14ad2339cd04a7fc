import { expect, test } from "vitest";
import type { ElsewhereView } from "../protocol/views";
import { type TabChannel, Tabs, type TabWork } from "./tabs";
import { TestLocks, TestTabs } from "./testing";

const GROUPING: TabWork = { work: "training", runId: "run-1" };

/** Two tabs of one browser. */
function twoTabs() {
  const locks = new TestLocks();
  const channels = new TestTabs();
  const tab = (channel: TabChannel = channels.open()) => {
    const seen: (ElsewhereView | null)[] = [];
    const stored: (string | null)[] = [];
    const tabs = new Tabs({ locks, channel, onElsewhere: (now) => seen.push(now), onStored: (runId) => stored.push(runId) });
    return { tabs, seen, stored };
  };
  return { first: tab(), second: tab(), later: tab, channels };
}

/** Work that goes on until it is told to end. */
function work() {
  let end: (() => void) | undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => done, end: () => end?.() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("what one tab does the other sees, and it sees the end and what was stored", async () => {
  const { first, second } = twoTabs();
  const { run, end } = work();
  const working = first.tabs.alone(GROUPING, run);
  await settled();
  first.tabs.stored("run-1");
  await settled();
  expect(second.seen.at(-1)).toEqual(GROUPING);
  expect(second.stored).toEqual(["run-1"]);
  end();
  await working;
  await settled();
  expect(second.seen.at(-1)).toBeNull();
  expect(second.stored).toEqual(["run-1", "run-1"]);
  expect(first.seen).toEqual([]);
});

test("whatever would change something is refused in the other tab, with the reason and what to do", async () => {
  const { first, second } = twoTabs();
  const { run, end } = work();
  const working = first.tabs.alone(GROUPING, run);
  await settled();
  let changed = false;
  const change = second.tabs.alone({ work: "removing", runId: null }, async () => {
    changed = true;
  });
  await expect(change).rejects.toMatchObject({ name: "RequestError", message: expect.stringContaining("another tab") });
  await expect(change).rejects.toMatchObject({
    message: expect.stringContaining("training"),
    cure: expect.stringContaining("stop it there"),
  });
  end();
  await working;
  expect(changed).toBe(false);
  await second.tabs.alone(GROUPING, async () => {
    changed = true;
  });
  expect(changed).toBe(true);
});

test("a tab opened later is told what is done, also by a tab that says nothing", async () => {
  const { first, later, channels } = twoTabs();
  const { run, end } = work();
  const working = first.tabs.alone(GROUPING, run);
  await settled();
  const third = later();
  void third.tabs.look();
  await settled();
  expect(third.seen).toEqual([{ work: null, runId: null }, GROUPING]);
  channels.mute = true;
  const fourth = later();
  void fourth.tabs.look();
  await settled();
  expect(fourth.seen).toEqual([{ work: null, runId: null }]);
  end();
  await working;
  await settled();
  expect(third.seen.at(-1)).toBeNull();
  expect(fourth.seen.at(-1)).toBeNull();
});

test("tabs that look on are never in the way: work follows work", async () => {
  const { first, second } = twoTabs();
  for (let round = 0; round < 20; round++) await first.tabs.alone({ ...GROUPING, runId: `run-${round}` }, async () => undefined);
  await settled();
  expect(second.seen.at(-1)).toBeNull();
  await second.tabs.alone(GROUPING, async () => undefined);
});

test("work within work of one tab keeps the lock until both are done", async () => {
  const { first, second } = twoTabs();
  const outer = work();
  const inner = work();
  const training = first.tabs.alone(GROUPING, outer.run);
  await settled();
  const removing = first.tabs.alone({ work: "removing", runId: "run-0" }, inner.run);
  outer.end();
  await settled();
  await expect(second.tabs.alone(GROUPING, async () => undefined)).rejects.toThrow("another tab");
  inner.end();
  await Promise.all([training, removing]);
  await second.tabs.alone(GROUPING, async () => undefined);
});

test("a message of another build is not obeyed, and work that fails frees the lock", async () => {
  const { first, second, channels } = twoTabs();
  for (const message of [null, 7, { kind: "dance" }, { kind: "working", work: "training", runId: 7 }]) channels.shout(message);
  await expect(first.tabs.alone(GROUPING, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await second.tabs.alone(GROUPING, async () => undefined);
  await settled();
  expect(first.seen.at(-1)).toBeNull();
  expect(first.seen).toContainEqual(GROUPING);
});
