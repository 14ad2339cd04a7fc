import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { GROUPING, READY, sampleRecord } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { RunsPanel } from "./runs-panel";

test("before they are listed, and while there are none, the panel says so", () => {
  expect(textOf(renderAfter(<RunsPanel />, []))).toContain("Looking for stored runs");
  expect(textOf(renderAfter(<RunsPanel />, READY))).toContain("No runs yet");
});

test("an interrupted run can be opened, continued and deleted after a question; a failed one says why", () => {
  const failure = { name: "DivergenceError", message: "the loss is not finite", cure: "Halve the rate." };
  const runs = [sampleRecord({ phase: "finetuning", createdAt: Date.UTC(2026, 10, 24, 9, 30), failure })];
  const markup = renderAfter(<RunsPanel />, [...READY, { kind: "runsListed", runs }]);
  for (const verb of ["Open", "Continue", "Delete"]) {
    const tag = [...markup.matchAll(/<button[^>]*aria-label="([^"]*)"[^>]*>/g)].find(([, label]) => label?.startsWith(verb));
    expect(tag?.[0]).not.toMatch(/disabled/);
  }
  expect(textOf(markup)).toContain("Fine-tuning interrupted; the loss is not finite");
  expect(markup).toContain("<dialog");
});

test("removed runs stand where the list is, newest removal first, each with Undo and with its space to free", () => {
  const removed = [
    { kind: "run", runId: "b", createdAt: Date.UTC(2026, 10, 24, 9, 30), bytes: 34e6 },
    { kind: "run", runId: "a", createdAt: null, bytes: 0 },
    { kind: "dataset", source: "sample data", bytes: 5 },
  ] as const;
  const markup = renderAfter(<RunsPanel />, [...READY, { kind: "removedChanged", removed }]);
  const words = textOf(markup);
  expect(words).toMatch(
    /No runs yet.*Run of Nov 24.* removed\. 34.0 MB stay taken until .*Undo Free its space now Damaged run removed/,
  );
  expect(words).not.toContain("sample data");
  expect(buttonNamed(markup, "Undo: Damaged run removed.")).not.toContain("disabled");
  expect(buttonNamed(markup, "Free its space now: Damaged run removed.")).not.toContain("disabled");
});

test("while a run trains the others can be deleted and freed, unless another tab is at work", () => {
  const other = sampleRecord({ id: "run-2", createdAt: 0 });
  const removed = [{ kind: "run", runId: "a", createdAt: 0, bytes: 7 }] as const;
  const events = [...GROUPING, { kind: "runChanged", record: other }, { kind: "removedChanged", removed }] as const;
  const deletes = (markup: string) => [...markup.matchAll(/<button[^>]*aria-label="Delete[^>]*>/g)].map(([tag]) => tag);
  const here = renderAfter(<RunsPanel />, events);
  expect(deletes(here).map((tag) => tag.includes("disabled"))).toEqual([true, false]);
  expect(here.match(/<button[^>]*aria-label="Free its space[^>]*>/)?.[0]).not.toContain("disabled");
  const elsewhere = { work: "removing", runId: null } as const;
  const there = renderAfter(<RunsPanel />, [...events, { kind: "elsewhereChanged", elsewhere }]);
  expect(deletes(there).map((tag) => tag.includes("disabled"))).toEqual([true, true]);
  expect(there.match(/<button[^>]*aria-label="Free its space[^>]*>/)?.[0]).toContain("disabled");
});

test("while a run trains it is marked as running and cannot be deleted", () => {
  const markup = renderAfter(<RunsPanel />, GROUPING);
  expect(textOf(markup)).toContain("Running");
  expect([...markup.matchAll(/<button[^>]*aria-label="Delete[^>]*>/g)][0]![0]).toContain("disabled");
  expect(buttonNamed(markup, "Resume")).toBeNull();
});

test("a run is called by its name, with its notes; both can be changed", () => {
  const record = sampleRecord();
  const events: EngineEvent[] = [
    ...READY,
    { kind: "runsListed", runs: [record] },
    { kind: "runsDescribed", descriptions: { [record.id]: { name: "<b>wide</b>", notes: "try 3-3-3 next" } } },
  ];
  const markup = renderAfter(<RunsPanel />, events);
  expect(markup).toContain("&lt;b&gt;wide&lt;/b&gt;</span>");
  expect(textOf(markup)).toContain("try 3-3-3 next");
  expect(markup).toMatch(/aria-label="Name and notes &lt;b&gt;wide&lt;\/b&gt;, Nov 14, \d\d:\d\d"/);
});

test("a run of weights from elsewhere tells the format and the parts that they held", () => {
  const runs = [
    sampleRecord({ importedFrom: { format: "onnx", parts: null } }),
    sampleRecord({ id: "run-2", importedFrom: { format: "safetensors", parts: ["branch 1", "branch 1.2"] } }),
  ];
  const markup = textOf(renderAfter(<RunsPanel />, [...READY, { kind: "runsListed", runs }]));
  expect(markup).toContain("Weights from an ONNX file ");
  expect(markup).toContain("Weights from a safetensors file: branch 1, branch 1.2");
});

test("the checkpoints of a run are listed once asked for, each to fork, a damaged one with its cause; a fork tells its origin", () => {
  const parent = sampleRecord();
  const fork = sampleRecord({ id: "run-2", createdAt: 0, forkedFrom: { runId: parent.id, stage: "group", step: 1200 } });
  const orphan = sampleRecord({ id: "run-3", createdAt: 0, forkedFrom: { runId: "gone", stage: "finetune", step: 3 } });
  const error = { name: "CheckpointError", message: "it is damaged", cure: "Choose another." };
  const events: EngineEvent[] = [
    ...READY,
    { kind: "runsListed", runs: [parent, fork, orphan] },
    { kind: "runsDescribed", descriptions: { [parent.id]: { name: "first", notes: "" } } },
  ];
  const before = renderAfter(<RunsPanel />, events);
  expect(textOf(before)).toContain("Forked from first: Grouping, step 1,200");
  expect(textOf(before)).toContain("Forked from gone: Fine-tuning, step 3");
  expect(before).not.toContain("Fork from");
  const listed: EngineEvent = {
    kind: "checkpointsListed",
    runId: parent.id,
    checkpoints: [
      { stage: "group", copy: "last", kind: "damaged", error },
      { stage: "group", copy: "best", kind: "good", step: 900, top1: 0.613 },
    ],
  };
  const markup = renderAfter(<RunsPanel />, [...events, listed]);
  expect(textOf(markup)).toContain("Grouping: last it is damaged. Choose another. Grouping: best validation 900 61.3% Fork");
  const button = buttonNamed(markup, "Fork from best validation checkpoint of Grouping, step 900");
  expect(button).not.toContain("disabled");
  const busy = renderAfter(<RunsPanel />, [
    ...events,
    listed,
    { kind: "elsewhereChanged", elsewhere: { work: "removing", runId: null } },
  ]);
  expect(buttonNamed(busy, "Fork from best validation checkpoint of Grouping, step 900")).toContain("disabled");
});
