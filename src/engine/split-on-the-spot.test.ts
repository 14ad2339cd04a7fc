import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ModelSpec } from "../model/spec";
import { openFolder } from "../storage/folder/open";
import { RunControl } from "./control";
import { createRun } from "./runs";
import { splitOnTheSpot } from "./split-on-the-spot";
import { groupStage } from "./stages";
import { exampleConfig, exampleContext, exampleDataset, fakeCompute } from "./testing";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "splitnet-spot-"));
});

afterEach(() => rm(root, { recursive: true }));

/** Layers in order, blocked or not: what tells the three networks apart. */
const shapeOf = ({ layers }: ModelSpec): string =>
  layers.map((layer) => layer.kind + ("blocks" in layer && layer.blocks !== null ? "!" : "")).join(" ");

/** A stand-in that is right on as many images as the network has been asked for before it. */
function countingCompute() {
  const seen: ModelSpec[] = [];
  const compute = {
    ...fakeCompute(),
    async evaluate({ spec }: { readonly spec: ModelSpec }, { classOrder }: { readonly classOrder: readonly number[] }) {
      const right = seen.push(spec);
      const { count, fine } = exampleDataset.test;
      const classes = classOrder.length;
      const logits = new Float32Array(count * classes);
      for (let image = 0; image < count; image++) {
        const label = image < right ? fine[image]! : (fine[image]! + 1) % classes;
        logits[image * classes + label] = 1;
      }
      return { logits, seconds: 1 };
    },
  };
  return { compute, seen };
}

test("the grouped network and its two cuts are each told by what they are, and nothing is stored", async () => {
  const { compute, seen } = countingCompute();
  const context = exampleContext(openFolder(root).runs, { compute });
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  const before = await context.runs.get(id);
  const spot = await splitOnTheSpot(context, id);
  const { count } = exampleDataset.test;
  expect(spot?.unsplit.top1).toBe(1 / count);
  expect(spot?.split["pre-activation"].top1).toBe(2 / count);
  expect(spot?.split["post-activation"].top1).toBe(3 / count);
  const [dense, pre, post] = seen.map(shapeOf);
  expect(dense).not.toContain("!");
  // The cut keeps the order of the grouped network, but for blocks; the published second stage has another order.
  expect(pre?.replaceAll("!", "")).toBe(dense);
  expect(pre).toContain("!");
  expect(post).toContain("!");
  expect(post?.replaceAll("!", "")).not.toBe(dense);
  expect(await context.runs.get(id)).toEqual(before);
});

test("stopped before its end it comes to nothing", async () => {
  const context = exampleContext(openFolder(root).runs);
  const { id } = await createRun(context, exampleConfig);
  await groupStage(context, id);
  const control = new RunControl();
  control.stop();
  expect(await splitOnTheSpot({ ...context, control }, id)).toBeNull();
});
