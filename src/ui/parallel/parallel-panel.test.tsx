import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { FINISHED, GROUPING, sampleRecord, sampleTiming } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { ParallelPanel } from "./parallel-panel";

const shown = (...events: readonly EngineEvent[]): string => renderAfter(<ParallelPanel />, [...FINISHED, ...events]);

test("before the split the panel says what comes, and offers nothing", () => {
  for (const phase of ["grouping", "grouped"] as const) {
    const events: EngineEvent[] = [...GROUPING, { kind: "runChanged", record: sampleRecord({ phase }) }];
    expect(textOf(renderAfter(<ParallelPanel />, events))).toBe(
      "Branches in parallel After the split, trunk and branches can be timed here, each on a device of its own.",
    );
  }
});

test("a split run can be timed, not while something else runs", () => {
  expect(buttonNamed(shown(), "Time the branches")).not.toContain("disabled");
  const busy = shown({ kind: "activityChanged", activity: { kind: "trying", runId: "run-1" } });
  expect(buttonNamed(busy, "Time the branches")).toContain("disabled");
  expect(textOf(busy)).toContain("Something else is running");
});

test("while it is timed the panel says how far, and it can be stopped", () => {
  const markup = shown({ kind: "activityChanged", activity: { kind: "timing", runId: "run-1", done: 4, total: 15 } });
  expect(textOf(markup)).toContain("Timing: 5 of 15");
  expect(markup).toMatch(/<progress[^>]*value="4"[^>]*max="15"/);
  expect(buttonNamed(markup, "Stop timing")).not.toBeNull();
});

test("times, speed-ups and the difference stand beside the published ones, with what shares the processor", () => {
  const words = textOf(shown({ kind: "branchesTimed", timing: sampleTiming }));
  expect(words).toContain("Measured here with 3 devices on Example GPU");
  expect(words).toContain("All devices share the one graphics processor of this computer, so branches wait for each other");
  expect(words).toContain("1 4 2 5 2.00× 0.80× 1.5e-7");
  expect(words).toContain("256 does not fit");
  expect(words).toContain("Deep split 2 1.73×");
  expect(words).toContain("Other hardware");
  expect(words).not.toContain("a program on the processor");
  const changed = shown(
    { kind: "branchesTimed", timing: { ...sampleTiming, software: true } },
    { kind: "runChanged", record: sampleRecord({ phase: "finetuned" }) },
  );
  expect(textOf(changed)).toContain("This is a program on the processor");
  const another = shown(
    { kind: "branchesTimed", timing: sampleTiming },
    { kind: "runChanged", record: sampleRecord({ phase: "finetuning" }) },
  );
  expect(textOf(another)).not.toContain("Measured here");
});
