import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { FINISHED, sampleEvaluation } from "../../state/testing";
import { renderAfter, textOf } from "../testing";
import { confusionImage, mistakesWithinGroup, runsOf } from "./confusion";
import { ResultsPanel } from "./results-panel";

test("before an evaluation the panel says what Evaluate does", () => {
  expect(textOf(renderAfter(<ResultsPanel />, []))).toContain("Evaluate compares");
});

test("while evaluating it shows how far", () => {
  const activity = { kind: "evaluating", runId: "run-1", imagesDone: 20, imagesTotal: 60 } as const;
  const events: EngineEvent[] = [...FINISHED, { kind: "activityChanged", activity }];
  expect(renderAfter(<ResultsPanel />, events)).toMatch(/<progress[^>]*value="20" max="60"/);
});

test("both networks stand side by side with what changed", () => {
  const words = textOf(renderAfter(<ResultsPanel />, FINISHED));
  for (const row of ["Top-1 70.0% 80.0% +10.0 pt", "ms per image 2.1 1.3 −38.1%", "Parameters 10K 6K −40.0%", "Loss 0.8 0.8 ±0"])
    expect(words).toContain(row);
  expect(words).toContain("Group 1 30 70.0% 80.0%");
});

test("an evaluation before the split has no second column", () => {
  const evaluation = { unsplit: sampleEvaluation().unsplit, split: null };
  const words = textOf(renderAfter(<ResultsPanel />, [...FINISHED, { kind: "evaluated", runId: "run-1", evaluation }]));
  expect(words).toContain("Top-1 70.0% –");
});

test("the confusion image follows the order, and mistakes are counted within and across groups", () => {
  const confusion = [5, 2, 0, 1, 7, 0, 0, 3, 9];
  const { rgba } = confusionImage(confusion, [2, 0, 1]);
  const opacity = (row: number, column: number) => rgba[(row * 3 + column) * 4 + 3]!;
  expect(opacity(0, 0)).toBe(255);
  expect(opacity(0, 2)).toBe(Math.round((255 * Math.log(4)) / Math.log(10)));
  expect(opacity(2, 0)).toBe(0);
  const narrowed = confusionImage(confusion, [2, 1]);
  expect([narrowed.rows, narrowed.columns]).toEqual([2, 2]);
  expect([3, 7, 11, 15].map((index) => narrowed.rgba[index])).toEqual(
    [9, 3, 0, 7].map((images) => Math.round((255 * Math.log1p(images)) / Math.log(10))),
  );
  expect(mistakesWithinGroup(confusion, { final: true, groups: 2, groupOf: [0, 0, 1], confidence: null })).toBe(3 / 6);
  expect(mistakesWithinGroup([1, 0, 0, 1], { final: true, groups: 1, groupOf: [0, 0], confidence: null })).toBeNull();
});

test("the confusion matrix can be ordered, and narrowed to a group, and says how to see the images of a cell", () => {
  const words = textOf(renderAfter(<ResultsPanel />, FINISHED));
  expect(words).toContain("Ordered by group superclass name accuracy");
  expect(words).toContain("Classes all Group 1 Group 2");
  expect(words).toContain("click it or press Enter to see its images");
});

test("the images of a cell stand below it with what they were taken for, until the next evaluation", () => {
  const confused = {
    runId: "run-1",
    network: "split",
    truth: 0,
    predicted: 1,
    total: 9,
    shown: 2,
    rgba: new Uint8ClampedArray(8192),
  } as const;
  const events: EngineEvent[] = [...FINISHED, { kind: "confusedLoaded", confused }];
  const markup = renderAfter(<ResultsPanel />, events);
  expect(markup).toContain('aria-label="apple taken for pear: 9 (split network); the first 2 of them"');
  const again: EngineEvent = { kind: "evaluated", runId: "run-1", evaluation: sampleEvaluation() };
  expect(renderAfter(<ResultsPanel />, [...events, again])).not.toContain("taken for");
  const none = { ...confused, total: 0, shown: 0, rgba: new Uint8ClampedArray() };
  expect(textOf(renderAfter(<ResultsPanel />, [...FINISHED, { kind: "confusedLoaded", confused: none }]))).toContain(
    "apple taken for pear: 0",
  );
});

test("a group that is kept lit is marked in matrix and table", () => {
  const markup = renderAfter(<ResultsPanel />, FINISHED, (store) => store.keep({ kind: "group", groups: 2, group: 1 }));
  // Its classes are neighbours: one band of rows and one of columns.
  expect(markup.match(/class="band"/g)).toHaveLength(2);
  expect(markup.match(/<tr class="is-lit">/g)).toHaveLength(1);
  expect(textOf(markup)).toContain("Group 2 of 2: 3 classes, trunk › branch 2 is lit in every picture");
});

test("neighbours that are lit are one stretch", () => {
  expect(runsOf([true, true, false, true, false, false, true])).toEqual([
    { start: 0, length: 2 },
    { start: 3, length: 1 },
    { start: 6, length: 1 },
  ]);
  expect(runsOf([false, false])).toEqual([]);
});
