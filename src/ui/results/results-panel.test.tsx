import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import { FINISHED, sampleEvaluation } from "../../state/testing";
import { sortedBy, sortingOf, sortingText } from "../kit/sortable";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { confusedPairs, confusionImage, errorsByGroup, runsOf, totalErrors } from "./confusion";
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
  expect(words).toContain("Group 1 30 70.0% 80.0% +10.0 pt");
});

test("an evaluation before the split has no second column", () => {
  const evaluation = { unsplit: sampleEvaluation().unsplit, split: null };
  const words = textOf(renderAfter(<ResultsPanel />, [...FINISHED, { kind: "evaluated", runId: "run-1", evaluation }]));
  expect(words).toContain("Top-1 70.0% –");
});

const confusion = [5, 2, 0, 1, 7, 0, 0, 3, 9];

test("the confusion image follows the order, and a part of it has the cells and the scale of the whole", () => {
  const { rgba } = confusionImage(confusion, [2, 0, 1], [2, 0, 1]);
  const opacity = (row: number, column: number) => rgba[(row * 3 + column) * 4 + 3]!;
  expect(opacity(0, 0)).toBe(255);
  expect(opacity(0, 2)).toBe(Math.round((255 * Math.log(4)) / Math.log(10)));
  expect(opacity(2, 0)).toBe(0);
  const part = confusionImage(confusion, [2], [1, 2]);
  expect([part.rows, part.columns]).toEqual([1, 2]);
  expect(part.rgba).toEqual(new Uint8ClampedArray([...rgba.slice(8, 12), ...rgba.slice(0, 4)]));
});

test("mistakes are counted by group of the truth, within it and beyond", () => {
  const errors = errorsByGroup(confusion, { final: true, groups: 2, groupOf: [0, 0, 1], confidence: null });
  expect(errors).toEqual([
    { images: 15, within: 3, between: 0 },
    { images: 12, within: 0, between: 3 },
  ]);
  expect(totalErrors(errors)).toEqual({ images: 27, within: 3, between: 3 });
  const words = textOf(renderAfter(<ResultsPanel />, FINISHED));
  expect(words).toContain("Group 1 6 · 20.0% 3 · 10.0% 4 · 13.3% 2 · 6.7%");
  expect(words).toContain("all 12 · 20.0% 6 · 10.0%");
});

test("the pairs confused most are listed among the classes chosen, as buttons that lead to their cell", () => {
  expect(confusedPairs(confusion, [0, 1, 2], 2)).toEqual([
    { truth: 2, predicted: 1, images: 3 },
    { truth: 0, predicted: 1, images: 2 },
  ]);
  expect(confusedPairs(confusion, [0, 1], 9).map(({ images }) => images)).toEqual([2, 1]);
  const markup = renderAfter(<ResultsPanel />, FINISHED);
  expect(buttonNamed(markup, "apple, taken for pear")).not.toBeNull();
  expect(textOf(markup)).toContain("plum, taken for bus 2 from 1 to 2");
});

test("every column of a table can sort it, and says which way it does", () => {
  const markup = renderAfter(<ResultsPanel />, FINISHED);
  for (const name of ["Name", "Images", "Unsplit", "Split", "Change"]) expect(buttonNamed(markup, name)).toContain("sort");
  expect(markup.match(/aria-sort="none"/g)!.length).toBeGreaterThanOrEqual(5);
  const rows = [{ a: 2 }, { a: 3 }, { a: 1 }];
  const sorted = (falling: boolean) => sortedBy(rows, { column: "a", falling }, ({ a }) => a).map(({ a }) => a);
  expect([sorted(true), sorted(false)]).toEqual([
    [3, 2, 1],
    [1, 2, 3],
  ]);
  expect(sortedBy(rows, null, ({ a }) => a)).toEqual(rows);
});

test("the order of a table is read from the address as it was written, and a column that there is not sorts nothing", () => {
  const columns = ["name", "after"] as const;
  for (const falling of [true, false]) {
    const sorting = { column: "after", falling } as const;
    expect(sortingOf(sortingText(sorting), columns)).toEqual(sorting);
  }
  expect(sortingText(null)).toBeNull();
  for (const wrong of [null, "", "size_falling"]) expect(sortingOf(wrong, columns)).toBeNull();
});

test("the confusion matrix can be ordered, narrowed to a group or a superclass, and zoomed, and says how to see the images of a cell", () => {
  const words = textOf(renderAfter(<ResultsPanel />, FINISHED));
  expect(words).toContain("Ordered by group superclass name accuracy");
  expect(words).toContain("Classes all Group 1 Group 2 fruit vehicles");
  const markup = renderAfter(<ResultsPanel />, FINISHED);
  expect(buttonNamed(markup, "Zoom in")).not.toContain("disabled");
  expect(buttonNamed(markup, "Zoom out")).toContain("disabled");
  expect(words).toContain("click it or press Enter to see its images");
});

test("the images of a cell stand below it with what they were taken for, until the next evaluation", () => {
  const confused = {
    runId: "run-1",
    network: "split",
    truth: 0,
    predicted: 1,
    total: 9,
    verdicts: [
      { truth: 0, predicted: 1, scores: { truth: 0.124, predicted: 0.871 } },
      { truth: 0, predicted: 1, scores: null },
    ],
    rgba: new Uint8ClampedArray(8192),
  } as const;
  const events: EngineEvent[] = [...FINISHED, { kind: "confusedLoaded", confused }];
  const markup = renderAfter(<ResultsPanel />, events);
  expect(markup).toContain('aria-label="apple taken for pear: 9 (split network); the first 2 of them"');
  expect(textOf(markup)).toContain("apple 12.4%, taken for pear 87.1% apple, taken for pear");
  expect(textOf(markup)).toContain("press Evaluate again to see them");
  const again: EngineEvent = { kind: "evaluated", runId: "run-1", evaluation: sampleEvaluation() };
  expect(renderAfter(<ResultsPanel />, [...events, again])).not.toContain("(split network)");
  const none = { ...confused, total: 0, verdicts: [], rgba: new Uint8ClampedArray() };
  expect(textOf(renderAfter(<ResultsPanel />, [...FINISHED, { kind: "confusedLoaded", confused: none }]))).toContain(
    "apple taken for pear: 0",
  );
});

test("images worth a look can be asked for where the evaluation kept probabilities; without, the way to them is told", () => {
  expect(buttonNamed(renderAfter(<ResultsPanel />, FINISHED), "Show images")).toBeNull();
  const { unsplit, split } = sampleEvaluation();
  const scored = { ...split!, predictionScores: [0.5], truthScores: [0.5] };
  const evaluated: EngineEvent = { kind: "evaluated", runId: "run-1", evaluation: { unsplit, split: scored } };
  const markup = renderAfter(<ResultsPanel />, [...FINISHED, evaluated]);
  expect(buttonNamed(markup, "Show images")).not.toBeNull();
  expect(textOf(markup)).toContain("Which certain and wrong right, but least certain");
  const ranked = {
    runId: "run-1",
    network: "split",
    ranking: "certainWrong",
    label: 1,
    total: 30,
    verdicts: [{ truth: 1, predicted: 3, scores: { truth: 0.001, predicted: 0.995 } }],
    rgba: new Uint8ClampedArray(4096),
  } as const;
  const shown = textOf(renderAfter(<ResultsPanel />, [...FINISHED, evaluated, { kind: "rankedLoaded", ranked }]));
  expect(shown).toContain(
    "Split network, certain and wrong, of class pear: 30 images, the first 1 pear 0.1%, taken for bus 99.5%",
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
