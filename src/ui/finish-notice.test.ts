import { expect, test } from "vitest";
import type { EngineEvent } from "../protocol/events";
import { INITIAL_FACTS } from "../state/facts";
import { reduce } from "../state/reduce";
import { FINISHED, GROUPING, sampleTraining } from "../state/testing";
import { finishNotice } from "./finish-notice";

const idle: EngineEvent = { kind: "activityChanged", activity: { kind: "idle" } };

/** What is told over these events by a page that is hidden from the event numbered `hiddenFrom` on. */
function told(events: readonly EngineEvent[], hiddenFrom = 0): string[] {
  const bodies: string[] = [];
  const waiting: (() => void)[] = [];
  let index = 0;
  const watch = finishNotice({
    hidden: () => index >= hiddenFrom,
    notify: (_, body) => void bodies.push(body),
    later: (work) => void waiting.push(work),
  });
  let facts = INITIAL_FACTS;
  for (const event of events) {
    facts = reduce(facts, event, index);
    watch(facts);
    index++;
  }
  for (const work of waiting) work();
  return bodies;
}

test("an end that nobody sees is told once, with the last line of the log", () => {
  expect(told([...GROUPING, { kind: "runChanged", record: recordOf(FINISHED) }, idle])).toEqual([
    "Fine-tuning finished: the network is split.",
  ]);
});

test("a failure is told although it comes after the end", () => {
  const error = { name: "StorageError", message: "the disk is full", cure: "Make room." };
  expect(told([...GROUPING, idle, { kind: "requestFailed", requestId: 1, error }])).toEqual(["the disk is full. Make room."]);
});

test("nothing is told while the page is seen, while it goes on, or before anything ran", () => {
  expect(told([...GROUPING, idle], 1000)).toEqual([]);
  expect(told(GROUPING)).toEqual([]);
  expect(told([...GROUPING, { kind: "activityChanged", activity: sampleTraining(0, "finetune") }])).toEqual([]);
  expect(told([idle, idle])).toEqual([]);
});

function recordOf(events: readonly EngineEvent[]) {
  const changed = events.filter((event): event is Extract<EngineEvent, { kind: "runChanged" }> => event.kind === "runChanged");
  return changed.at(-1)!.record;
}
