import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { RequestError } from "../base/errors";
import { roundedWeights } from "../export/small-weights";
import type { RunRecord } from "../model/run";
import { cutNetwork } from "../splitnet/pipeline";
import { openFolder } from "../storage/folder/open";
import { initialState } from "../train/state";
import type { Compute, EngineContext, EngineFact } from "./context";
import { checkExportOptions, WHOLE_EXPORT } from "./export-options";
import { exportStage } from "./export-stage";
import { measuredWeights } from "./measured-weights";
import { groupTraining } from "./networks";
import { createRun } from "./runs";
import { finetuneStage, groupStage, splitStage } from "./stages";
import { archiveBytes, exampleConfig, exampleContext, exampleDataset, fakeCompute } from "./testing";

const folder = await mkdtemp(join(tmpdir(), "splitnet-measured-"));
afterAll(() => rm(folder, { recursive: true }));

const { fine } = exampleDataset.test;
const CLASSES = 6;

/** Right about every image, but where `errs` says otherwise: there it takes the class after the right one. */
function judge(errs: (image: number, call: number) => boolean): Compute & { readonly seen: Parameters<Compute["evaluate"]>[] } {
  const seen: Parameters<Compute["evaluate"]>[] = [];
  return {
    ...fakeCompute(),
    seen,
    evaluate: async (...call) => {
      const images = call[1].indices ?? Uint32Array.from(fine.keys());
      const logits = new Float32Array(images.length * CLASSES);
      images.forEach((image, row) => {
        const decided = (fine[image]! + (errs(image, seen.length) ? 1 : 0)) % CLASSES;
        logits[row * CLASSES + decided] = 9;
      });
      seen.push(call);
      call[1].onProgress?.(images.length);
      return { logits, seconds: 1 };
    },
  };
}

async function world(compute: Compute): Promise<{ context: EngineContext; run: RunRecord }> {
  const context = exampleContext(openFolder(folder).runs, { compute });
  return { context, run: await createRun(context, exampleConfig) };
}

function cutOf(run: RunRecord) {
  const cut = cutNetwork(run.config, run.classes.length, initialState(groupTraining(run).spec, run.config.seed));
  return { cut, tensors: cut.sliced };
}

test("each variant is measured with the weights that its file holds, beside the original", async () => {
  // The original errs on no image, the first variant on image 0, the second on images 0 and 1.
  const compute = judge((image, call) => image < call);
  const { context, run } = await world(compute);
  const { cut, tensors } = cutOf(run);
  const facts: EngineFact[] = [];
  const watched = { ...context, observer: (fact: EngineFact) => void facts.push(fact) };
  const measured = await measuredWeights(watched, run, cut, tensors, { variants: ["float16", "int8"], classes: null });
  const { count } = exampleDataset.test;
  expect(measured).toMatchObject({
    count,
    original: { top1: 1 },
    variants: [
      { variant: "float16", accuracy: { top1: (count - 1) / count }, sameClass: (count - 1) / count },
      { variant: "int8", accuracy: { top1: (count - 2) / count }, sameClass: (count - 2) / count },
    ],
  });
  expect(facts.filter(({ kind }) => kind === "evaluating").at(-1)).toMatchObject({
    imagesDone: 3 * count,
    imagesTotal: 3 * count,
  });
  expect(compute.seen.map(([network]) => network.parameters)).toEqual([
    tensors.parameters,
    ...(["float16", "int8"] as const).map((variant) => roundedWeights(tensors.parameters, variant)),
  ]);
});

test("some classes are measured on their own images, deciding among them alone", async () => {
  const classes = [4, 1];
  // Wrong about every image: among all classes 4 is taken for 5 and 1 for 2, which are not among these two.
  const compute = judge(() => true);
  const { context, run } = await world(compute);
  const { cut, tensors } = cutOf(run);
  const measured = await measuredWeights(context, run, cut, tensors, { variants: [], classes });
  const images = [...fine.keys()].filter((image) => classes.includes(fine[image]!));
  expect([...compute.seen[0]![1].indices!]).toEqual(images);
  // Both logits are equal then, and the first one wins.
  const first = images.filter((image) => fine[image] === 4).length;
  expect(measured).toMatchObject({ count: images.length, original: { top1: first / images.length, top5: 1 }, variants: [] });
});

test("nothing is measured where nothing is asked for", async () => {
  const compute = judge(() => false);
  const { context, run } = await world(compute);
  const { cut, tensors } = cutOf(run);
  expect(await measuredWeights(context, run, cut, tensors, WHOLE_EXPORT)).toBeNull();
  expect(compute.seen).toEqual([]);
});

test("classes that the run does not have, one twice, or none are refused with what to choose", () => {
  const run = { classes: ["apple", "pear"] };
  const refused = (classes: number[]) => () => checkExportOptions({ variants: [], classes }, run);
  expect(() => checkExportOptions({ variants: [], classes: [0], gpus: 2 }, run)).toThrow("some classes alone are one model");
  expect(() => checkExportOptions({ variants: [], classes: null, gpus: 2 }, run)).not.toThrow();
  expect(refused([2])).toThrow(RequestError);
  expect(refused([2])).toThrow("there is no class 2");
  expect(refused([1, 0, 1])).toThrow("class 1 (pear) is given twice");
  expect(refused([])).toThrow("no class is to be exported");
  expect(refused([1, 0])).not.toThrow();
});

test("an export of some classes is a small bundle of its own, with their logits to check", async () => {
  const { context, run } = await world(judge(() => false));
  await groupStage(context, run.id);
  await splitStage(context, run.id);
  await finetuneStage(context, run.id);
  const archive = await exportStage(context, run.id, { variants: ["float16"], classes: [4, 1] });
  expect(archive!.fileName).toBe(`splitnet-${run.id}-2-classes.zip`);
  const files = unzipSync(await archiveBytes(archive));
  expect(Object.keys(files)).toEqual([
    ...["README.md", "config.json", "onnx/subset.onnx", "onnx/subset_fp16.onnx", "check.safetensors", "SHA256SUMS"],
  ]);
  const whole = unzipSync(
    await archiveBytes(await exportStage(context, run.id, { variants: ["float16", "int8"], classes: null })),
  );
  expect(Object.keys(whole)).toEqual(
    expect.arrayContaining(["onnx/model.onnx", "onnx/model_fp16.onnx", "onnx/model_int8.onnx", "run/run.json"]),
  );
  await expect(exportStage(context, run.id, { variants: [], classes: [6] })).rejects.toThrow(RequestError);
});
