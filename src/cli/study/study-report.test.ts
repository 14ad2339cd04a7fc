import { expect, test } from "vitest";
import { PLANTED, plantedRecipe } from "./planted";
import { studyHtml, studyText } from "./study-report";
import type { StudyRow } from "./study-rows";
import { summarize } from "./study-summary";
import { studyTable } from "./study-table";
import type { StudySettings } from "./study-work";

const settings: StudySettings = {
  study: PLANTED,
  sample: { classes: 4, superclasses: 2, train: 40, test: 20, seed: 1, level: "medium" },
  recipe: plantedRecipe("2-2-2"),
  seeds: [1, 2, 3],
  kinds: ["learned", "unsplit", "random"],
  groupingOnly: false,
};

function row(kind: string, seed: number, split: number, agreement: number | null): StudyRow {
  return {
    ...{ kind, seed, folder: `/study/${kind}-${seed}`, split, agreement, agreementP: agreement && 0.25 },
    groups: agreement === null ? null : [0, 0, 1, 1],
    onTheSpot: agreement === null ? null : { unsplit: 0.9, preActivation: 0.875, postActivation: 0.25 },
    ...{ validation: 0.88, unsplit: 0.9, parameters: 1000, flops: 2000, seconds: 60, failure: null },
  };
}

const rows: readonly StudyRow[] = [
  row("learned", 1, 0.9, 1),
  row("learned", 2, 0.8, 1),
  row("learned", 3, 0.85, 0.5),
  row("unsplit", 1, 0.95, null),
  row("random", 1, 0.8, 0),
  row("random", 2, 0.75, 0),
  { ...row("random", 3, 0, null), split: null, onTheSpot: null, failure: "the loss is <not> a number" },
];

test("a kind is summed up over its seeds: how many found the families, and what the cut lost on the spot", () => {
  const [learned, unsplit, random] = summarize(PLANTED, rows).kinds;
  expect(learned).toMatchObject({ kind: "learned", runs: 3, failed: 0, found: 2 });
  expect(learned?.agreement?.mean).toBeCloseTo(2.5 / 3, 12);
  expect(learned?.lossPreActivation?.mean).toBeCloseTo(0.025, 12);
  expect(learned?.lossPostActivation?.mean).toBeCloseTo(0.65, 12);
  expect(unsplit).toMatchObject({ found: null, agreement: null, lossPreActivation: null });
  expect(random).toMatchObject({ runs: 3, failed: 1, found: 0 });
  expect(random?.split).toMatchObject({ count: 2 });
});

test("learned groups are set against the others seed by seed, where both runs ended", () => {
  const [unsplit, random] = summarize(PLANTED, rows).firstMinus;
  expect(unsplit).toMatchObject({ against: "unsplit", difference: { count: 1 } });
  expect(unsplit?.difference.mean).toBeCloseTo(-0.05, 12);
  expect(random).toMatchObject({ against: "random", difference: { count: 2 }, test: { p: 0.5, exact: true } });
  expect(random?.difference.mean).toBeCloseTo(0.075, 12);
});

const result = { settings, rows, summary: summarize(PLANTED, rows), adapter: "a device (software)", version: "1.2.3" };

test("the report says what was run, on what, every seed, and what failed", () => {
  const text = studyText(result);
  expect(text).toContain(
    "Sample data of the level medium: 4 classes in 2 planted families, 40 training and 20 test images, seed 1.",
  );
  expect(text).toContain("Computed by version 1.2.3 on a device (software).");
  expect(text).toMatch(/^learned +2 of 3 +0\.83 \(0\.12 to 1\.55\) +\+2\.5 /m);
  expect(text).toMatch(/^random \(1 failed\) +0 of 3/m);
  expect(text).toMatch(/^random +3 .* the loss is <not> a number$/m);
  expect(text).toMatch(/^random +\+7\.5 \(/m);
});

test("the page escapes what came from elsewhere and draws a dot for every run", () => {
  const html = studyHtml(result);
  expect(html).toContain("the loss is &lt;not&gt; a number");
  expect(html).not.toContain("<not>");
  // Five agreements of grouped runs, six accuracies.
  expect(html.match(/<circle /g)).toHaveLength(5 + 6);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
});

test("a study that fine-tunes nothing has no differences and one figure", () => {
  const grouped = rows.slice(0, 3).map((one) => ({ ...one, split: null, unsplit: null }));
  const html = studyHtml({ ...result, rows: grouped, summary: summarize(PLANTED, grouped) });
  expect(html.match(/<svg /g)).toHaveLength(1);
  expect(html).not.toContain("Set against the others");
});

test("every run is a line of the table", () => {
  const [head, first, ...others] = studyTable(rows)
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  expect(head?.split(",")).toHaveLength(14);
  expect(first).toBe("learned,1,1,0.25,0.9,0.875,0.25,0.88,0.9,0.9,1000,2000,60,");
  expect(others).toHaveLength(rows.length - 1);
});
