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
  expect(confused).toMatchObject({ runId, network: "unsplit", truth, predicted, total: report.confusion[cell], shown: 2 });
  const images = report.predictions.flatMap((own, index) =>
    own === predicted && dataset.test.fine[index] === truth ? [index] : [],
  );
  expect(images.length).toBeGreaterThan(2);
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
  const older = { ...stored, unsplit: { ...stored.unsplit, predictions: [] } };
  await runs.writeFile(runId, EVALUATION_FILE, encodeEvaluation(older));
  await page.send({ ...cell, network: "unsplit" });
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual([
    `run ${runId} has no predictions of the split network stored`,
    `run ${runId} has no predictions of the unsplit network stored`,
  ]);
  expect(page.of("confusedLoaded")).toEqual([]);
});
