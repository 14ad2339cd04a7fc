import { expect, test } from "vitest";
import { readAddress } from "./address";
import type { ClassGroups } from "./assignment";
import { INITIAL_FACTS } from "./facts";
import { reduce } from "./reduce";
import { trialObstacle } from "./stages";
import { createStudioStore } from "./store";
import { FINISHED, GROUPING, READY, sampleDataset, sampleRecord, sampleTraining, sampleTree, sampleTried } from "./testing";
import { firingGroup, groupShares, pathToLeaf, topClasses } from "./trial";

const groups: ClassGroups = { final: true, groups: 3, groupOf: [2, 0, 2, 1], confidence: null };

test("the likeliest classes fall, equal ones in the order of their labels", () => {
  const top = topClasses(Float32Array.of(0.25, 0.125, 0.25, 0.375), 3);
  expect(top.map(({ label }) => label)).toEqual([3, 0, 2]);
  expect(topClasses(Float32Array.of(0.5, 0.5), 5)).toHaveLength(2);
});

test("a branch's share is the sum over its classes, and the largest fires", () => {
  const shares = groupShares(Float32Array.of(0.25, 0.125, 0.25, 0.375), groups);
  expect(shares).toEqual([0.125, 0.375, 0.5]);
  expect(firingGroup(shares)).toEqual({ group: 2, share: 0.5 });
  expect(firingGroup([0.5, 0.5]).group).toBe(0);
});

test("the way to a leaf leads from the trunk through every branch above it", () => {
  const leaf = (label: string, group: number) => ({ ...sampleTree.root, label, group, children: [] });
  const branch = (label: string, group: number, ...children: ReturnType<typeof leaf>[]) => ({ ...leaf(label, group), children });
  const trunk = {
    ...leaf("trunk", 0),
    children: [branch("branch 1", 0, leaf("branch 1.1", 0), leaf("branch 1.2", 1)), branch("branch 2", 1, leaf("branch 2.1", 2))],
  };
  expect(pathToLeaf(trunk, 1)).toEqual(["trunk", "branch 1", "branch 1.2"]);
  expect(pathToLeaf(trunk, 2)).toEqual(["trunk", "branch 2", "branch 2.1"]);
  expect(pathToLeaf(trunk, 3)).toEqual([]);
});

test("a tried image keeps the leaf that fires lit until it is let go, and is forgotten with the networks that it was tried on", () => {
  const store = createStudioStore(readAddress({ hash: "", query: "", stored: "" }));
  const tried = () => store.getState().facts.open?.tried ?? null;
  const kept = () => store.getState().lighting.kept;
  store.receive(FINISHED, 0);
  store.receive([{ kind: "imageTried", tried: sampleTried() }], 1);
  expect(tried()).toMatchObject({ kind: "done", image: { index: 17 } });
  expect(kept()).toEqual({ kind: "group", groups: 2, group: 1 });
  store.keep(null);
  store.receive([{ kind: "activityChanged", activity: { kind: "idle" } }], 2);
  expect(kept()).toBeNull();

  store.keep({ kind: "class", label: 0 });
  const error = { name: "RequestError", message: "it is no image", cure: "Choose another." };
  store.receive([{ kind: "imageNotTried", runId: "run-1", error }], 3);
  expect(tried()).toEqual({ kind: "failed", error });
  expect(kept()).toEqual({ kind: "class", label: 0 });

  store.receive([{ kind: "imageTried", tried: sampleTried({ runId: "another" }) }], 4);
  expect(tried()?.kind).toBe("failed");
  store.receive([{ kind: "imageTried", tried: sampleTried() }], 5);
  store.receive([{ kind: "runChanged", record: sampleRecord({ phase: "finetuned", evaluated: true }) }], 6);
  expect(tried()?.kind).toBe("done");
  store.receive([{ kind: "runChanged", record: sampleRecord({ phase: "grouped" }) }], 7);
  expect(tried()).toBeNull();
});

test("an image can be tried on a grouped run while nothing runs, on the data that it was trained on", () => {
  const obstacle = (...events: (typeof FINISHED)[number][]) =>
    trialObstacle(events.reduce((facts, event) => reduce(facts, event, 0), INITIAL_FACTS));
  expect(obstacle(...READY)).toBe("noRun");
  expect(obstacle(...GROUPING, { kind: "activityChanged", activity: { kind: "idle" } })).toBe("noRun");
  expect(obstacle(...FINISHED)).toBeNull();
  expect(obstacle(...FINISHED, { kind: "activityChanged", activity: sampleTraining(3) })).toBe("busy");
  expect(obstacle(...FINISHED, { kind: "datasetChanged", dataset: null })).toBe("noData");
  const others = { ...sampleDataset, id: "others" };
  expect(obstacle(...FINISHED, { kind: "datasetChanged", dataset: others })).toBe("otherData");
  const elsewhere = (runId: string) => ({ kind: "elsewhereChanged", elsewhere: { work: "training", runId } }) as const;
  expect(obstacle(...FINISHED, elsewhere("run-1"))).toBe("elsewhere");
  expect(obstacle(...FINISHED, elsewhere("run-2"))).toBeNull();
});
