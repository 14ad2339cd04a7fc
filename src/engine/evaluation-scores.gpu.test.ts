import { afterAll, beforeAll, expect, test } from "vitest";
import { splitTrainValidation } from "../data/split";
import { type OpenDevice, openDevice } from "../kernels/device";
import { groupingSpec } from "../model/build";
import { identityOrder } from "../splitnet/plan";
import { evaluationReport } from "../splitnet/report";
import { initialState } from "../train/state";
import { deviceCompute } from "./device-compute";
import { decodeEvaluation, encodeEvaluation } from "./evaluation-file";
import { exampleConfig, exampleDataset } from "./testing";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

test("the scores of an evaluation on the device are the softmax of its logits, and come back from their file as they were", async () => {
  const spec = groupingSpec(exampleConfig, 6);
  const compute = deviceCompute(device);
  // A few steps, so that the logits differ from image to image and are not small.
  const split = splitTrainValidation(exampleDataset.train.count, 7);
  const start = initialState(spec, 3);
  const options = {
    stage: "group",
    spec,
    config: exampleConfig,
    classOrder: identityOrder(6),
    dataset: exampleDataset,
    split,
    start,
  } as const;
  let state = start;
  for await (const fact of compute.fit({ ...options, checkpointRequested: () => false, now: () => 0 })) {
    if (fact.kind === "checkpoint") state = fact.state;
  }
  const examples = exampleDataset.test;
  const { logits, seconds } = await compute.evaluate(
    { spec, parameters: state.parameters, statistics: state.statistics },
    { examples, batchSize: 5, whiteningGuard: 1e-6, classOrder: identityOrder(6) },
  );
  const report = evaluationReport({
    logits,
    labels: examples.fine,
    classes: 6,
    classGroups: [0, 0, 0, 1, 1, 1],
    superclassOf: [0, 0, 0, 1, 1, 1],
    seconds,
  });
  examples.fine.forEach((label, image) => {
    const powers = Array.from(logits.slice(6 * image, 6 * image + 6), Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    expect(report.truthScores[image]).toBeCloseTo(powers[label]! / sum, 6);
    expect(report.predictionScores[image]).toBeCloseTo(Math.max(...powers) / sum, 6);
  });
  expect(new Set(report.predictionScores).size).toBeGreaterThan(examples.count / 2);
  expect(decodeEvaluation(encodeEvaluation({ unsplit: report, split: null }))).toEqual({ unsplit: report, split: null });
});
