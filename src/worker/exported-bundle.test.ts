import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { type opened, withSample } from "../../tests/support/studio";
import { exampleConfig } from "../engine/testing";
import type { EngineEvent } from "../protocol/events";
import type { Verification, VerifiedGraph } from "../splitnet/verification";
import type { Verify } from "./exported-bundle";

const WHOLE: VerifiedGraph = { what: "whole", name: "onnx/model.onnx", difference: 2.5e-7, images: 256, sameClass: 256 };

function verification(verified: readonly VerifiedGraph[]): Verification {
  const programs = { onnxRuntime: "1.2.3", tensorflowjs: "4.5.6" };
  return { checksums: null, programs, verified, tolerance: 1e-3, within: true };
}

/** A page with a finished run, whose exports are verified by that. */
async function finished(verify: Verify): Promise<{ page: Awaited<ReturnType<typeof opened>>; runId: string }> {
  const page = await withSample({ verify });
  await page.send({ kind: "group", config: exampleConfig });
  const runId = page.runId();
  await page.send({ kind: "split", runId });
  return { page, runId };
}

const verifying = (event: EngineEvent): boolean => event.kind === "activityChanged" && event.activity.kind === "verifying";

test("an export that is verified first shows how far it is, has the figures in its card, and is told as verified", async () => {
  const seen: string[] = [];
  const figures = verification([WHOLE]);
  const { page, runId } = await finished(async (source, { onProgress }) => {
    if (source instanceof Blob) throw new Error("nothing is packed yet");
    seen.push(...source.map(({ name }) => name));
    onProgress(0, 3);
    return figures;
  });
  const before = page.messages.length;
  await page.send({ kind: "export", runId, variants: ["float16"], verify: true });
  expect(page.of("requestFailed")).toEqual([]);
  const kinds = page.messages
    .slice(before)
    .flatMap(({ event }) => (event.kind === "activityChanged" ? [event.activity.kind] : [event.kind]));
  expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual([
    ...["exporting", "evaluating", "verifying", "exporting", "exported", "exportVerified", "idle"],
  ]);
  expect(page.of("exportVerified")).toEqual([{ kind: "exportVerified", runId, verification: figures }]);
  const members = unzipSync(new Uint8Array(await page.of("exported")[0]!.file.arrayBuffer()));
  const card = new TextDecoder().decode(members["README.md"]);
  expect(card).toContain("| `onnx/model.onnx` (whole network) | 256 | 2.5e-7 | 256 (100.00 %) |");
  expect(card).toContain("ONNX Runtime 1.2.3");
  expect(Object.keys(members)).toEqual(expect.arrayContaining(seen));
  expect(seen).toContain("onnx/model_fp16.onnx");
  expect(seen.filter((name) => name.startsWith("run/"))).toEqual([]);
});

test("where other programs give something else nothing is exported, and the files that differ are named; rounded weights may differ", async () => {
  const { page, runId } = await finished(async () =>
    verification([
      { ...WHOLE, sameClass: 255 },
      { ...WHOLE, what: "path", name: "onnx/path_1.onnx", difference: 0.5 },
      { ...WHOLE, what: "parts", name: "onnx/merge.onnx" },
      { ...WHOLE, what: "variant", name: "onnx/model_int8.onnx", difference: 0.3, sameClass: 200 },
    ]),
  );
  await page.send({ kind: "export", runId, verify: true });
  expect([page.of("exported"), page.of("exportVerified")]).toEqual([[], []]);
  expect(page.of("requestFailed").map(({ error }) => error.message)).toEqual([
    "other programs do not give the studio's logits: " +
      "onnx/model.onnx is 2.5e-7 of the largest logit away, with the same class for 255 of 256 images; " +
      "onnx/path_1.onnx is 5.0e-1 of the largest logit away, with the same class for 256 of 256 images",
  ]);
  await page.send({ kind: "export", runId });
  expect(page.of("exported")).toHaveLength(1);
});

test("an export can be stopped while it is verified: nothing is exported, and nothing has failed", async () => {
  const { page, runId } = await finished((_, { onProgress, signal }) => {
    onProgress(1, 3);
    return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  });
  const exporting = page.send({ kind: "export", runId, verify: true });
  await page.until(verifying);
  await page.send({ kind: "stop" });
  await exporting;
  expect([page.of("exported"), page.of("requestFailed")]).toEqual([[], []]);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});
