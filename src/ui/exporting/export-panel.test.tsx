import { expect, test } from "vitest";
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

test("an exported file is a download link with its name and size", () => {
  const file = new Blob([new Uint8Array(1_250_000)]);
  const markup = renderAfter(<ExportPanel />, [...FINISHED, { kind: "exported", runId: "run-1", fileName: "model.zip", file }]);
  expect(markup).toMatch(/<a [^>]*download="model.zip"/);
  expect(textOf(markup)).toContain("1.3 MB");
});
