import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import type { QueueEntry } from "../../protocol/queue";
import { GROUPING, READY, sampleEntry, sampleRecord } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { Found } from "./import-sweep";
import { QueuePanel } from "./queue-panel";

const error = { name: "DivergenceError", message: "the loss is not finite", cure: "Halve the rate." };
const queue = (entries: readonly QueueEntry[], changes: { running?: boolean; problem?: typeof error } = {}): EngineEvent => ({
  kind: "queueChanged",
  queue: { running: false, entries, problem: null, ...changes },
});
const render = (...events: readonly EngineEvent[]) => renderAfter(<QueuePanel />, [...READY, ...events]);
const WAITING = [0, 1, 2].map((id) => {
  const entry = sampleEntry({ id });
  return entry.job.kind === "config" ? { ...entry, job: { ...entry.job, config: { ...entry.job.config, seed: id + 1 } } } : entry;
});
const name = (seed: number) => `tiny, 2-2-2, seed ${seed}`;

test("before the engine has told, and while nothing waits, the panel says so, and offers no start", () => {
  expect(textOf(renderAfter(<QueuePanel />, []))).toContain("Looking for runs that wait");
  const empty = render();
  expect(textOf(empty)).toContain("No runs wait. Add some below");
  expect(buttonNamed(empty, "Start")).toBeNull();
});

test("runs that wait stand in an ordered list, each with buttons of its own name; at an end it moves no further", () => {
  const markup = render(queue(WAITING));
  expect(markup).toMatch(/<ol[^>]*aria-label="Runs in the queue, in their order"/);
  expect(textOf(markup)).toContain("3 runs to come · time unknown");
  expect(buttonNamed(markup, "Start")).not.toContain("disabled");
  expect(buttonNamed(markup, `Earlier: ${name(1)}`)).toContain("disabled");
  expect(buttonNamed(markup, `Later: ${name(1)}`)).not.toContain("disabled");
  expect(buttonNamed(markup, `Later: ${name(3)}`)).toContain("disabled");
  expect(buttonNamed(markup, `Remove: ${name(2)}`)).not.toContain("disabled");
});

test("the run under way shows progress and time left, can be paused with the queue, and is not to be removed meanwhile", () => {
  const [first, ...others] = WAITING;
  const begun = { ...first!, state: { kind: "begun", runId: "run-1" } } as const;
  const markup = renderAfter(<QueuePanel />, [...GROUPING, queue([begun, ...others], { running: true })]);
  expect(markup).toMatch(/<li class="queue-entry is-live" aria-current="step"/);
  expect(textOf(markup)).toMatch(/Running · about .* left/);
  expect(markup).toMatch(new RegExp(`<progress[^>]*aria-label="Progress of ${name(1)}" value="0\\.\\d+" max="1"`));
  expect(buttonNamed(markup, "Pause the queue")).not.toContain("disabled");
  expect(buttonNamed(markup, "Start")).toBeNull();
  expect(buttonNamed(markup, `Remove: ${name(1)}`)).toContain("disabled");
  expect(buttonNamed(markup, `Earlier: ${name(1)}`)).toBeNull();
});

test("an interrupted queue is continued; while something else runs it waits and says for what", () => {
  const begun = { ...WAITING[0]!, state: { kind: "begun", runId: "run-1" } } as const;
  const record: EngineEvent = { kind: "runChanged", record: sampleRecord({ checkpointStep: 20 }) };
  expect(buttonNamed(render(record, queue([begun])), "Continue")).not.toContain("disabled");
  const busy = renderAfter(<QueuePanel />, [...GROUPING, queue(WAITING)]);
  expect(buttonNamed(busy, "Start")).toContain("disabled");
  expect(textOf(busy)).toContain("Starts once nothing else runs.");
  const elsewhere = render(queue(WAITING), { kind: "elsewhereChanged", elsewhere: { work: "training", runId: null } });
  expect(textOf(elsewhere)).toContain("Another tab is at work");
  expect(buttonNamed(elsewhere, `Remove: ${name(1)}`)).toContain("disabled");
});

test("a run that failed says why and what to do, and can be tried again; what is done can be removed together", () => {
  const failed = { ...WAITING[0]!, state: { kind: "failed", runId: "run-1", error } } as const;
  const done = { ...WAITING[1]!, state: { kind: "finished", runId: "run-2" } } as const;
  const markup = render(queue([failed, done, WAITING[2]!]));
  expect(textOf(markup)).toContain("the loss is not finite. Halve the rate.");
  expect(textOf(markup)).toContain("1 run to come, 1 done");
  expect(buttonNamed(markup, `Try again: ${name(1)}`)).not.toContain("disabled");
  expect(buttonNamed(markup, "Remove what is done")).not.toBeNull();
});

test("what was removed stands as one note for each time, the latest first, with Undo", () => {
  const gone = WAITING.map((entry, index) => ({ ...entry, removedAt: index === 2 ? 9 : 5 }));
  const markup = render(queue(gone));
  expect(textOf(markup)).toMatch(/seed 3 removed from the queue\..*2 entries removed from the queue\./);
  expect(buttonNamed(markup, "Undo: 2 entries removed from the queue.")).not.toContain("disabled");
  expect(buttonNamed(markup, `Let go: ${name(3)} removed from the queue.`)).not.toContain("disabled");
  expect(textOf(markup)).toContain("No runs wait");
});

test("a queue that cannot be read, or a part of it, is told as an alert beside what can", () => {
  const markup = render(queue(WAITING.slice(0, 1), { problem: error }));
  expect(markup).toMatch(/role="alert"/);
  expect(textOf(markup)).toContain(name(1));
});

test("a control is called by where its groups come from and the run that it is a control of", () => {
  const control = sampleEntry({ job: { kind: "control", source: "random", runId: "run-1", seed: 4 } });
  const named: EngineEvent = { kind: "runsDescribed", descriptions: { "run-1": { name: "first", notes: "" } } };
  const words = textOf(render({ kind: "runChanged", record: sampleRecord() }, named, queue([control])));
  expect(words).toContain("random groups, control of first, seed 4");
});

test("the form's configuration is added with the runs counted, the work told, and a wrong form said", () => {
  expect(buttonNamed(render(), "Add 1 run")).not.toContain("disabled");
  expect(textOf(render())).toMatch(/some .* FLOPs\. Measure on this device/);
  const wrong = renderAfter(<QueuePanel />, READY, (store) => store.editField("group.steps", "none"));
  expect(textOf(wrong)).toContain("The form has a wrong field.");
  expect(buttonNamed(wrong, "Add 1 run")).toBeNull();
});

test("a sweep file shows how many runs it makes before they are added, or why it is none", () => {
  const { job } = WAITING[0]!;
  const configs = job.kind === "config" ? [job.config, job.config] : [];
  const found = (result: Parameters<typeof Found>[0]["read"]["result"]) =>
    renderAfter(<Found read={{ name: "rates.json", result }} disabled={false} onAdd={() => {}} onCancel={() => {}} />, READY);
  const markup = found({ kind: "runs", sweep: {}, configs });
  expect(textOf(markup)).toContain("rates.json: 2 runs");
  expect(buttonNamed(markup, "Add 2 runs")).not.toContain("disabled");
  const wrong = found({ kind: "wrong", problem: "sweep: name is missing", cure: "Name it." });
  expect(wrong).toContain('role="alert"');
  expect(textOf(wrong)).toBe("rates.json cannot be read as a sweep. sweep: name is missing. Name it.");
});
