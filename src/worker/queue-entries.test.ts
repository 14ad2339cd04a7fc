import { describe, expect, test } from "vitest";
import { exampleConfig } from "../engine/testing";
import type { EntryState, QueuedJob } from "../protocol/queue";
import { MOST_QUEUED } from "../protocol/queue";
import { appended, changed, EMPTY_QUEUE, isQueued, nextEntry, type Queue, withoutRemoved, withState } from "./queue-entries";

const config = (seed: number): QueuedJob => ({ kind: "config", config: { ...exampleConfig, seed }, point: "" });
const control = (source: "unsplit" | "clustering" | "random", seed = 1): QueuedJob => ({
  kind: "control",
  source,
  runId: "run-1",
  seed,
});
const queueOf = (...jobs: QueuedJob[]): Queue =>
  appended(
    EMPTY_QUEUE,
    jobs.map((job) => ({ job, emptyGroups: "fail" })),
  );
const ids = ({ entries }: Queue): number[] => entries.map(({ id }) => id);

const NOW = 5000;
const change = (queue: Queue, what: Parameters<typeof changed>[1], running = false): Queue => changed(queue, what, NOW, running);
const states = (queue: Queue, ...all: EntryState[]): Queue => all.reduce((now, state, id) => withState(now, id, state), queue);

describe("what is next", () => {
  test("is the first that waits, and the run that was begun before all of them", () => {
    const queue = queueOf(config(1), config(2), config(3));
    expect(nextEntry(queue)?.id).toBe(0);
    expect(nextEntry(withState(queue, 0, { kind: "finished", runId: "a" }))?.id).toBe(1);
    expect(nextEntry(withState(queue, 2, { kind: "begun", runId: "c" }))?.id).toBe(2);
    expect(nextEntry(withState(queue, 2, { kind: "starting", runId: "c" }))?.id).toBe(2);
    const error = { name: "ConfigError", message: "no", cure: "yes" };
    const done = states(
      queue,
      { kind: "failed", runId: null, error },
      { kind: "finished", runId: "b" },
      { kind: "finished", runId: "c" },
    );
    expect(nextEntry(done)).toBeNull();
  });

  test("is never what was removed", () => {
    expect(nextEntry(change(queueOf(config(1), config(2)), { kind: "removeQueued", ids: [0] }))?.id).toBe(1);
  });

  test("is the unsplit run of the same seed where clustering stands first", () => {
    const queue = queueOf(control("clustering", 2), control("unsplit", 1), control("unsplit", 2));
    expect(nextEntry(queue)?.id).toBe(2);
    expect(nextEntry(withState(queue, 2, { kind: "finished", runId: "u" }))?.id).toBe(0);
  });
});

describe("moving", () => {
  test("changes places with the nearest that waits, over what is done, and does nothing at either end", () => {
    const queue = withState(queueOf(config(1), config(2), config(3)), 1, { kind: "finished", runId: "b" });
    const later = change(queue, { kind: "moveQueued", id: 0, to: "later" });
    expect(ids(later)).toEqual([2, 1, 0]);
    expect(ids(change(later, { kind: "moveQueued", id: 0, to: "earlier" }))).toEqual([0, 1, 2]);
    expect(change(queue, { kind: "moveQueued", id: 0, to: "earlier" })).toBe(queue);
    expect(change(queue, { kind: "moveQueued", id: 2, to: "later" })).toBe(queue);
  });

  test("is for what waits", () => {
    const queue = withState(queueOf(config(1), config(2)), 0, { kind: "begun", runId: "a" });
    expect(() => change(queue, { kind: "moveQueued", id: 0, to: "later" })).toThrow("only runs that wait can be moved");
  });
});

describe("removing", () => {
  test("is taken back to the same place, or let go for good, and forgotten after its time", () => {
    const removed = change(queueOf(config(1), config(2), config(3)), { kind: "removeQueued", ids: [0, 1] });
    expect(removed.entries.map(({ removedAt }) => removedAt)).toEqual([NOW, NOW, null]);
    const restored = change(removed, { kind: "restoreQueued", ids: [1] });
    expect(restored.entries.map(({ removedAt }) => removedAt)).toEqual([NOW, null, null]);
    expect(ids(change(removed, { kind: "forgetQueued", ids: [0, 1] }))).toEqual([2]);
    expect(ids(withoutRemoved(removed, NOW))).toEqual([0, 1, 2]);
    expect(ids(withoutRemoved(removed, NOW + 1))).toEqual([2]);
  });

  test("is refused for the run in progress, for what was not removed before it is let go, and for what is not there", () => {
    const queue = withState(queueOf(config(1)), 0, { kind: "begun", runId: "a" });
    expect(() => change(queue, { kind: "removeQueued", ids: [0] }, true)).toThrow("the run of this entry is in progress");
    expect(change(queue, { kind: "removeQueued", ids: [0] }).entries[0]?.removedAt).toBe(NOW);
    expect(() => change(queue, { kind: "forgetQueued", ids: [0] })).toThrow("only removed entries can be let go");
    expect(() => change(queue, { kind: "removeQueued", ids: [7] })).toThrow("entry 7 is not in the queue");
  });
});

test("no more than a queue can be taken back: what was removed first goes first", () => {
  const wishes = Array.from({ length: MOST_QUEUED }, () => ({ job: control("random"), emptyGroups: "fail" }) as const);
  const first = changed(queueOf(config(1)), { kind: "removeQueued", ids: [0] }, NOW, false);
  const refilled = appended(first, wishes);
  const removed = changed(refilled, { kind: "removeQueued", ids: ids(refilled).slice(1) }, NOW + 1, false);
  expect(removed.entries).toHaveLength(MOST_QUEUED);
  expect(ids(removed)).not.toContain(0);
});

test("a failed entry has another turn, with the run that it has", () => {
  const error = { name: "DivergenceError", message: "no", cure: "yes" };
  const failed = states(
    queueOf(config(1), config(2)),
    { kind: "failed", runId: "a", error },
    { kind: "failed", runId: null, error },
  );
  const again = [0, 1].reduce((queue, id) => change(queue, { kind: "retryQueued", id }), failed);
  expect(again.entries.map(({ state }) => state)).toEqual([{ kind: "begun", runId: "a" }, { kind: "waiting" }]);
  expect(() => change(again, { kind: "retryQueued", id: 1 })).toThrow("this entry has not failed");
});

test("ids are never given twice, and the queue has an end", () => {
  const queue = change(change(queueOf(config(1)), { kind: "removeQueued", ids: [0] }), { kind: "forgetQueued", ids: [0] });
  expect(ids(appended(queue, [{ job: config(2), emptyGroups: "fail" }]))).toEqual([1]);
  const many = Array.from({ length: MOST_QUEUED }, () => ({ job: control("random"), emptyGroups: "fail" }) as const);
  const full = appended(EMPTY_QUEUE, many);
  expect(() => appended(full, many.slice(0, 1))).toThrow(`the queue holds at most ${MOST_QUEUED}`);
});

test("the same control is known by its run, source, seed and classes; configurations never are", () => {
  const manual = (classes: number[]): QueuedJob => ({ kind: "manual", runId: "run-1", seed: 1, classes });
  const queue = queueOf(control("random", 1), manual([0, 1]), config(1));
  expect([control("random", 1), manual([0, 1])].map((job) => isQueued(queue, job))).toEqual([true, true]);
  const others: QueuedJob[] = [control("random", 2), control("unsplit", 1), manual([1, 0]), config(1)];
  expect(others.map((job) => isQueued(queue, job))).toEqual([false, false, false, false]);
  const error = { name: "RequestError", message: "no", cure: "yes" };
  expect(isQueued(withState(queue, 0, { kind: "failed", runId: null, error }), control("random", 1))).toBe(false);
  expect(isQueued(change(queue, { kind: "removeQueued", ids: [0] }), control("random", 1))).toBe(false);
});
