import { expect, test } from "vitest";
import { exampleConfig } from "../engine/testing";
import { appended, EMPTY_QUEUE } from "./queue-entries";
import { parseQueue, storedQueue } from "./stored-queue";

const wish = (seed: number) =>
  ({ job: { kind: "config", config: { ...exampleConfig, seed }, point: "" }, emptyGroups: "fail" }) as const;
const queue = appended(EMPTY_QUEUE, [wish(1), wish(2), wish(3)]);
const stored = (changes: object = {}): unknown => structuredClone({ ...storedQueue(queue), ...changes });

test("a queue is read back as it was stored, and where nothing is stored it is empty", () => {
  expect(parseQueue(stored())).toEqual({ queue, problem: null });
  expect(parseQueue(undefined)).toEqual({ queue: EMPTY_QUEUE, problem: null });
});

test("a damaged entry is named and left out, and the others stay with their ids", () => {
  const [first, second, third] = queue.entries;
  const damaged = { ...second, job: { kind: "config", config: { ...exampleConfig, seed: -1 }, point: "" } };
  const { queue: read, problem } = parseQueue(stored({ entries: [first, damaged, third] }));
  expect(read.entries.map(({ id }) => id)).toEqual([0, 2]);
  expect(problem?.message).toMatch(/^left out, because it is damaged: entry 2 of the queue: job\.config\.seed: /);
  expect(problem?.cure).toContain("Add its run again");
});

test("entries of any kind of nonsense are left out", () => {
  const nonsense = [null, 7, "x", [], {}, { ...queue.entries[0], more: 1 }, Array.from({ length: 30_000 }, () => 0)];
  for (const entry of nonsense) expect(parseQueue(stored({ entries: [entry] })).queue.entries).toEqual([]);
});

test("an id that is taken is not given again, whatever the number stored for the next", () => {
  expect(parseQueue(stored({ nextId: 0 })).queue.nextId).toBe(3);
});

test("what is no queue, or of a newer version, is an error and never overwritten by an empty one", () => {
  expect(() => parseQueue(stored({ version: 2 }))).toThrow("the queue is of version 2, and this page knows version 1");
  expect(() => parseQueue(7)).toThrow("version unknown");
  expect(() => parseQueue(stored({ entries: "none" }))).toThrow("what is stored is no queue: entries");
});
