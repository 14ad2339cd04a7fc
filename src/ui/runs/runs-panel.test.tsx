import { expect, test } from "vitest";
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

test("while a run trains it is marked as running and none can be deleted", () => {
  const markup = renderAfter(<RunsPanel />, GROUPING);
  expect(textOf(markup)).toContain("Running");
  expect([...markup.matchAll(/<button[^>]*aria-label="Delete[^>]*>/g)][0]![0]).toContain("disabled");
  expect(buttonNamed(markup, "Resume")).toBeNull();
});
