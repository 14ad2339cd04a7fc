import { expect, test } from "vitest";
import { openStores, withSample } from "../../tests/support/studio";
import { thumbnail } from "../data/augment";
import { sampleDataset } from "../data/sample";
import { decodeEvaluation, EVALUATION_FILE, encodeEvaluation } from "../engine/evaluation-file";
import { exampleConfig } from "../engine/testing";

const { dataset } = sampleDataset();

async function evaluated() {
  const page = await withSample();
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await page.send({ kind: "evaluate", runId });
  return { page, runId, report: page.of("evaluated").at(-1)!.evaluation.unsplit };
}

test("the images of a cell of the confusion matrix are those of its count, first ones first", async () => {
  const { page, runId, report } = await evaluated();
  const classes = dataset.classes.length;
  const cell = report.confusion.indexOf(Math.max(...report.confusion));
  const [truth, predicted] = [Math.floor(cell / classes), cell % classes];
  await page.send({ kind: "loadConfused", runId, network: "unsplit", truth, predicted, count: 2 });
  const { confused } = page.of("confusedLoaded")[0]!;
  expect(confused).toMatchObject({ runId, network: "unsplit", truth, predicted, total: report.confusion[cell] });
  expect(confused.verdicts).toHaveLength(2);
  const images = report.predictions.flatMap((own, index) =>
    own === predicted && dataset.test.fine[index] === truth ? [index] : [],
  );
  expect(images.length).toBeGreaterThan(2);
  const scores = { truth: report.truthScores[images[0]!], predicted: report.predictionScores[images[0]!] };
  expect(confused.verdicts[0]).toEqual({ truth, predicted, scores });
  expect(confused.rgba).toHaveLength(2 * 4096);
  expect(confused.rgba.slice(0, 4096)).toEqual(thumbnail(dataset.test, images[0]!));
  expect(confused.rgba.slice(4096)).toEqual(thumbnail(dataset.test, images[1]!));
});

test("a network that was not evaluated, or by a version that kept no predictions, asks for an evaluation", async () => {
  const { page, runId } = await evaluated();
  const cell = { kind: "loadConfused", runId, truth: 0, predicted: 1, count: 2 } as const;
  await page.send({ ...cell, network: "split" });
  const { runs } = await openStores(page.database);
  const stored = decodeEvaluation((await runs.readFile(runId, EVALUATION_FILE))!.bytes)!;
  const older = { ...stored, unsplit: { ...stored.unsplit, predictions: [], truthScores: [], predictionScores: [] } };
  await runs.writeFile(runId, EVALUATION_FILE, encodeEvaluation(older));
  await page.send({ ...cell, network: "unsplit" });
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual([
    `run ${runId} has no predictions of the split network stored`,
    `run ${runId} has no predictions of the unsplit network stored`,
  ]);
  expect(page.of("confusedLoaded")).toEqual([]);
});

test("the ranked images of a network come with their probabilities, of all classes or of one", async () => {
  const { page, runId, report } = await evaluated();
  const asked = { kind: "loadRanked", runId, network: "unsplit", count: 5 } as const;
  await page.send({ ...asked, ranking: "certainWrong", label: null });
  await page.send({ ...asked, ranking: "unsureRight", label: 4 });
  const [wrong, unsure] = page.of("rankedLoaded").map(({ ranked }) => ranked);
  expect(wrong!.total).toBe(Math.round(report.count * (1 - report.top1)));
  const scores = wrong!.verdicts.map((verdict) => verdict.scores!.predicted);
  expect(scores).toHaveLength(5);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(wrong!.verdicts.every(({ truth, predicted }) => truth !== predicted)).toBe(true);
  expect(unsure).toMatchObject({ label: 4, ranking: "unsureRight" });
  expect(unsure!.verdicts.every(({ truth, predicted }) => truth === 4 && predicted === 4)).toBe(true);
});

test("an evaluation of a version that kept no probabilities opens, shows its cells without them, and says what brings them", async () => {
  const { page, runId } = await evaluated();
  const { runs } = await openStores(page.database);
  const { unsplit, split } = JSON.parse(new TextDecoder().decode((await runs.readFile(runId, EVALUATION_FILE))!.bytes));
  const { truthScores: _, predictionScores: __, ...older } = unsplit;
  await runs.writeFile(runId, EVALUATION_FILE, new TextEncoder().encode(JSON.stringify({ unsplit: older, split })));
  await page.send({ kind: "openRun", runId });
  expect(page.of("evaluated").at(-1)!.evaluation.unsplit).toEqual({ ...older, truthScores: [], predictionScores: [] });
  const cell = older.confusion.findIndex((images: number) => images > 0);
  const [truth, predicted] = [Math.floor(cell / 12), cell % 12];
  await page.send({ kind: "loadConfused", runId, network: "unsplit", truth, predicted, count: 1 });
  expect(page.of("confusedLoaded")[0]!.confused.verdicts).toEqual([{ truth, predicted, scores: null }]);
  await page.send({ kind: "loadRanked", runId, network: "unsplit", ranking: "certainWrong", label: null, count: 1 });
  expect(page.of("requestFailed")[0]!.error).toMatchObject({
    message: expect.stringContaining("kept no probabilities"),
    cure: "Press Evaluate again.",
  });
});
