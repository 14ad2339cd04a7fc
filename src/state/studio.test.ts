import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PROTOCOL_VERSION } from "../protocol/events";
import { readAddress } from "./address";
import type { EngineLink } from "./client";
import { openStudio } from "./studio";
import { sampleTraining } from "./testing";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what comes after a pause is taken in at once, what follows it every 50 ms together", () => {
  let tell: (event: { readonly data: unknown }) => void = () => undefined;
  const link: EngineLink = {
    postMessage: () => undefined,
    addEventListener: (type: string, listener: (event: never) => void) => {
      if (type === "message") tell = listener as typeof tell;
    },
  };
  const { store } = openStudio(link, readAddress({ hash: "", query: "", stored: "" }), Date.now);
  let changes = 0;
  store.subscribe(() => changes++);
  let sequence = 0;
  const step = (at: number): void =>
    tell({
      data: { version: PROTOCOL_VERSION, sequence: sequence++, event: { kind: "activityChanged", activity: sampleTraining(at) } },
    });
  step(1);
  vi.advanceTimersByTime(1);
  expect(changes).toBe(1);
  for (let at = 2; at < 40; at++) {
    step(at);
    vi.advanceTimersByTime(1);
  }
  expect(changes).toBe(1);
  vi.advanceTimersByTime(50);
  expect(changes).toBe(2);
  expect(store.getState().facts.activity).toMatchObject({ step: 39 });
});
