import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Command } from "../protocol/commands";
import { createStudioStore } from "../state/store";
import { GROUPING } from "../state/testing";
import { type AddressStorage, keepAddress, startOf } from "./address";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page at a hash, with a storage that may refuse. */
function pageAt(hash: string, stored: string | null = null, { full = false, reloaded = false } = {}) {
  const listeners = new Map<string, () => void>();
  const kept = { address: stored };
  const written: string[] = [];
  const location = { hash, search: "" };
  const page = {
    location,
    history: {
      replaceState(_data: null, _unused: "", url: string) {
        location.hash = url;
        written.push(url);
      },
    },
    addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
  };
  const storage: AddressStorage = {
    getItem: () => kept.address,
    setItem(_key, value) {
      if (full) throw new DOMException("full", "QuotaExceededError");
      kept.address = value;
    },
  };
  const sent: Command[] = [];
  const store = createStudioStore(startOf(page, storage, reloaded));
  keepAddress(page, storage, { store, send: (command) => void sent.push(command) });
  const go = (to: string): void => {
    location.hash = to;
    listeners.get("hashchange")?.();
  };
  return { store, written, sent, kept, go, leave: () => listeners.get("pagehide")?.() };
}

test("what changes how the page is looked at is written a moment later, once for many changes, and kept", () => {
  const { store, written, kept } = pageAt("");
  for (const moment of ["1", "2", "3"]) store.look({ moment });
  expect(written).toEqual([]);
  vi.advanceTimersByTime(400);
  expect(written).toEqual(["#moment=3&preset=quick"]);
  expect(kept.address).toBe("moment=3&preset=quick");
  store.receive(GROUPING.slice(0, 2), 0);
  vi.advanceTimersByTime(400);
  expect(written).toHaveLength(1);
});

test("a page that is left at once, or whose storage is full, has its address all the same", () => {
  const { store, written, leave } = pageAt("", null, { full: true });
  store.editField("seed", "abc");
  leave();
  expect(written).toEqual(["#preset=quick&set.seed=abc"]);
});

test("without an address the page is as at the last visit", () => {
  expect(pageAt("", "tree=flops&preset=tiny").store.getState()).toMatchObject({
    view: { tree: "flops" },
    form: { preset: "tiny" },
  });
});

test("an address put into the open page is taken in, its run opened unless one trains; a place in the page is none", () => {
  const { store, sent, written, go } = pageAt("#preset=tiny");
  go("#run=run-9&tree=flops&preset=half");
  expect(store.getState()).toMatchObject({ view: { run: "run-9", tree: "flops" }, form: { preset: "half" } });
  expect(sent).toEqual([{ kind: "openRun", runId: "run-9" }]);
  store.receive(GROUPING, 0);
  go("#run=run-9&preset=half");
  expect(sent).toHaveLength(1);
  go("#stages");
  expect(written.at(-1)).toBe("#run=run-9&preset=half");
});

test("a page loaded anew is as it was left, also where its last change came too late for its address", () => {
  const { store, kept, leave } = pageAt("#tree=flops&preset=tiny");
  store.look({ compare: "a_b" });
  leave();
  const again = pageAt("#tree=flops&preset=tiny", kept.address, { reloaded: true });
  expect(again.store.getState().view).toEqual({ tree: "flops", compare: "a_b" });
  // Somebody's link is not the last visit.
  expect(pageAt("#tree=flops&preset=tiny", kept.address).store.getState().view).toEqual({ tree: "flops" });
});
