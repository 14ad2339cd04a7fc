import { expect, test } from "vitest";
import type { DatasetView } from "../protocol/views";
import { readAddress } from "../state/address";
import { createStudioStore } from "../state/store";
import { keepOnceStored } from "./persistence";

const DATASET: DatasetView = {
  id: "d".repeat(64),
  source: "sample data",
  original: null,
  trainCount: 4,
  testCount: 2,
  validationCount: 1,
  splitSeed: 1,
  classes: ["a", "b"],
  superclasses: ["x"],
  superclassOf: [0, 0],
  trainPerClass: [2, 2],
  testPerClass: [1, 1],
};

test("the browser is asked once, and not before there is a data set", () => {
  const store = createStudioStore(readAddress({ hash: "", query: "", stored: "" }));
  let asked = 0;
  keepOnceStored(store, async () => ++asked > 0);
  store.receive([{ kind: "datasetChanged", dataset: null }], 0);
  expect(asked).toBe(0);
  store.receive([{ kind: "datasetChanged", dataset: DATASET }], 1);
  store.receive([{ kind: "runsListed", runs: [] }], 2);
  expect(asked).toBe(1);
});
