import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import type { Verification } from "../../splitnet/verification";
import { FINISHED } from "../../state/testing";
import { renderAfter, textOf } from "../testing";
import { ExportPanel } from "./export-panel";

test("before an export the panel says what is packed", () => {
  expect(textOf(renderAfter(<ExportPanel />, []))).toContain("ONNX, safetensors");
});

test("while exporting it shows that it is at work", () => {
  const shown = (filesDone: number, filesTotal: number | null): string => {
    const activity = { kind: "exporting", runId: "run-1", filesDone, filesTotal } as const;
    return renderAfter(<ExportPanel />, [...FINISHED, { kind: "activityChanged", activity }]);
  };
  expect(shown(0, null)).toMatch(/<progress(?![^>]*max)/);
  expect(shown(5, 20)).toMatch(/<progress[^>]*value="5"[^>]*max="20"|<progress[^>]*max="20"[^>]*value="5"/);
});

test("while its files are verified it shows which graph is run", () => {
  const shown = (done: number, total: number): string => {
    const activity = { kind: "verifying", runId: "run-1", done, total } as const;
    return renderAfter(<ExportPanel />, [...FINISHED, { kind: "activityChanged", activity }]);
  };
  expect(textOf(shown(0, 0))).toContain("Loading ONNX Runtime and TensorFlow.js");
  expect(shown(4, 9)).toMatch(/<progress[^>]*aria-label="Verifying: graph 5 of 9" value="4" max="9"/);
});

test("what is to be exported can be chosen once there is a split network", () => {
  expect(renderAfter(<ExportPanel />, [])).not.toContain("checkbox");
  const markup = renderAfter(<ExportPanel />, FINISHED);
  expect(textOf(markup)).toContain("float16 weights, half the size int8 weights");
  expect(textOf(markup)).toContain("Export only some classes All of branch 1 apple pear plum All of branch 2 bus tram train");
  expect(markup).not.toContain('checked=""');
});

test("the classes chosen, their cost of the whole and the way back are shown", () => {
  const markup = renderAfter(<ExportPanel />, FINISHED, (store) => store.look({ classes: "0_1_2", variants: "int8" }));
  expect(markup.match(/checked=""/g)).toHaveLength(4);
  const verified = renderAfter(<ExportPanel />, FINISHED, (store) => store.look({ verify: "on" }));
  expect(textOf(verified)).toContain("Verify first, and put the figures in the model card");
  expect(verified.match(/checked=""/g)).toHaveLength(1);
  const words = textOf(markup);
  expect(words).toContain("Export only 3 of 6 classes None of branch 1");
  // 1,000 of the trunk and 2,000 of the branch of 6,000 parameters; 50 and 30 of 120 thousand FLOPs.
  expect(words).toContain("the trunk and 1 of 2 branches: 50.0% of the split network's parameters, 66.7% of its FLOPs.");
  expect(words).toContain("Export the whole network instead");
});

const file = new Blob(["zip"]);
const exported: readonly EngineEvent[] = [...FINISHED, { kind: "exported", runId: "run-1", fileName: "model.zip", file }];
const verification: Verification = {
  checksums: 30,
  programs: { onnxRuntime: "1.2.3", tensorflowjs: "4.5.6" },
  verified: [
    { what: "whole", name: "onnx/model.onnx", difference: 3.1e-7, images: 100, sameClass: 100 },
    { what: "path", name: "onnx/path_1.onnx", difference: 4e-7, images: 100, sameClass: 100 },
  ],
  tolerance: 1e-3,
  within: true,
};

test("an exported file can be verified: it says what is loaded, how far it is, and what came out", () => {
  const shown = (...events: readonly EngineEvent[]): string => renderAfter(<ExportPanel />, [...exported, ...events]);
  expect(textOf(shown())).toContain("Loads 15 MB the first time");
  expect(textOf(shown({ kind: "exportVerifying", runId: "run-1", done: 0, total: 0 }))).toContain("Loading ONNX Runtime");
  const running = shown({ kind: "exportVerifying", runId: "run-1", done: 2, total: 9 });
  expect(textOf(running)).toContain("graph 3 of 9");
  expect(running).toMatch(/<progress/);
  const done = textOf(shown({ kind: "exportVerified", runId: "run-1", verification }));
  expect(done).toContain("30 files have the right checksum");
  expect(done).toContain("in ONNX Runtime 1.2.3 and TensorFlow.js 4.5.6");
  expect(done).toContain("onnx/model.onnx the whole network 3.1e-7 100 / 100");
  expect(done).toContain("All within 0.001 of the largest logit");
  const first = textOf(shown({ kind: "exportVerified", runId: "run-1", verification: { ...verification, checksums: null } }));
  expect(first).toContain("Run before they were packed, and in the model card.");
});

test("an export that differs is not to be relied on, one that could not be verified can be tried again, and a new one is not verified yet", () => {
  const differs = { ...verification, within: false };
  const events: readonly EngineEvent[] = [...exported, { kind: "exportVerified", runId: "run-1", verification: differs }];
  expect(renderAfter(<ExportPanel />, events)).toMatch(/class="wrong">Not all within 0.001/);
  const again: readonly EngineEvent[] = [...events, { kind: "exportUnverified", runId: "run-1" }];
  expect(textOf(renderAfter(<ExportPanel />, again))).toContain("Verify in other programs Runs every ONNX file");
  expect(textOf(renderAfter(<ExportPanel />, [...events, ...exported]))).not.toContain("checksum");
});

test("an exported file is a download link with its name and size", () => {
  const file = new Blob([new Uint8Array(1_250_000)]);
  const markup = renderAfter(<ExportPanel />, [...FINISHED, { kind: "exported", runId: "run-1", fileName: "model.zip", file }]);
  expect(markup).toMatch(/<a [^>]*download="model.zip"/);
  expect(textOf(markup)).toContain("1.3 MB");
});
