import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import type { QueueEntry } from "../../protocol/queue";
import { FINISHED, GROUPING, READY, sampleEntry, sampleRecord } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { ControlRunsPanel } from "./control-runs-panel";

const render = (events: readonly EngineEvent[]) => renderAfter(<ControlRunsPanel />, events);
const { id, config } = sampleRecord();
const control = (changes: Partial<QueueEntry> = {}): QueueEntry =>
  sampleEntry({ job: { kind: "control", source: "random", runId: id, seed: config.seed }, ...changes });
const queue = (...entries: QueueEntry[]): EngineEvent => ({
  kind: "queueChanged",
  queue: { running: false, entries, problem: null },
});

test("without a run that has learned groups the panel says what it waits for", () => {
  expect(textOf(render(READY))).toContain("Once a run has learned its groups");
  expect(textOf(render(GROUPING))).toContain("Once this run is grouped");
});

test("kinds, seeds and number stand there before they are queued, clustering with the run that it starts from", () => {
  const markup = render(FINISHED);
  expect(buttonNamed(markup, "Queue 4 runs")).not.toContain("disabled");
  const words = textOf(markup);
  expect(words).toMatch(
    /unsplit, seed 1 random groups, seed 1 superclasses merged, seed 1 clustered class weights, seed 1 some .* FLOPs/,
  );
  expect(words).toContain("Clustering starts from the unsplit run");
  const elsewhere = render([...FINISHED, { kind: "elsewhereChanged", elsewhere: { work: "training", runId: null } }]);
  expect(buttonNamed(elsewhere, "Queue 4 runs")).toContain("disabled");
});

test("where superclasses are too few that kind is left out, with the reason", () => {
  const record = sampleRecord({ phase: "finetuned", superclassOf: [0, 0, 0, 0, 0, 0] });
  const markup = render([...FINISHED, { kind: "runChanged", record }]);
  expect(textOf(markup)).toContain("Superclasses are fewer than groups");
  expect(buttonNamed(markup, "Queue 3 runs")).not.toBeNull();
});

test("controls in the queue are listed with their state, not offered again, and those that are done can be compared", () => {
  const waiting = render([...FINISHED, queue(control())]);
  expect(textOf(waiting)).toMatch(/random groups, control of .*, seed 1 Waiting Start, in the queue, trains them\./);
  expect(buttonNamed(waiting, "Queue 3 runs")).not.toBeNull();
  expect(buttonNamed(waiting, "Show what is done in Compare")).toBeNull();
  const done = render([...FINISHED, queue(control({ state: { kind: "finished", runId: "run-2" } }))]);
  expect(buttonNamed(done, "Show what is done in Compare")).not.toBeNull();
});

test("groups of one's own begin as the learned ones, with a choice for every class, and nothing to queue until a class is moved", () => {
  const markup = render(FINISHED);
  expect(textOf(markup)).toContain("These are the learned groups.");
  expect(markup.match(/<select/g)).toHaveLength(6);
  expect(buttonNamed(markup, "Queue this control")).toContain("disabled");
});
