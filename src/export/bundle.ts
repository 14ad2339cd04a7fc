import { sha256 } from "@noble/hashes/sha2.js";
import { downloadZip } from "client-zip";
import { toHex } from "../base/bytes";
import type { NamedTensors } from "../base/tensor";
import { exportConfig } from "./config-json";
import type { ExportCheck, ExportFile, ExportInput } from "./export-input";
import { ONNX_INPUT, ONNX_OUTPUT, onnxModel } from "./onnx";
import { type ExportNetwork, portableTensors } from "./portable";
import { exportReadme } from "./readme";
import { encodeSafetensors } from "./safetensors";
import { classesCsv, metricsCsv } from "./tables";

const PRODUCER = "SplitNet Studio";

/** Folder of the bundle that holds the run to go on with. */
export const RUN_FOLDER = "run/";

/** Every file of the bundle, SHA256SUMS last. */
export function exportFiles(input: ExportInput): readonly ExportFile[] {
  const { plan, tensors, evaluation } = input;
  const network: ExportNetwork = { name: plan.spec.name, spec: plan.spec, classOrder: plan.classOrder, ...tensors };
  const files = [
    textFile("README.md", exportReadme(input)),
    { name: "model.onnx", bytes: onnxModel(network) },
    { name: "model.safetensors", bytes: encodeSafetensors(portableTensors(network), weightsMetadata(network)) },
    textFile("config.json", json(exportConfig(input))),
    { name: "check.safetensors", bytes: encodeSafetensors(checkTensors(input.check), { producer: PRODUCER }) },
    textFile("classes.csv", classesCsv(input)),
    textFile("metrics.csv", metricsCsv(input.metrics)),
    ...(evaluation === null ? [] : [textFile("evaluation.json", json(evaluation))]),
    ...input.runFiles.map(({ name, bytes }) => ({ name: `${RUN_FOLDER}${name}`, bytes })),
  ];
  return [...files, textFile("SHA256SUMS", files.map(({ name, bytes }) => `${toHex(sha256(bytes))}  ${name}\n`).join(""))];
}

/** One zip archive of the files, stored, dated `modifiedAt` (Unix milliseconds). */
export async function zipFiles(files: readonly ExportFile[], modifiedAt: number): Promise<Uint8Array<ArrayBuffer>> {
  const lastModified = new Date(modifiedAt);
  const response = downloadZip(files.map(({ name, bytes }) => ({ name, input: bytes, lastModified })));
  return new Uint8Array(await response.arrayBuffer());
}

/** Under the names of the ONNX graph. */
function checkTensors({ images, logits }: ExportCheck): NamedTensors {
  return new Map([
    [ONNX_INPUT, images],
    [ONNX_OUTPUT, logits],
  ]);
}

function weightsMetadata({ name, classOrder }: ExportNetwork): Record<string, string> {
  return { format: "pt", producer: PRODUCER, model: name, class_order: JSON.stringify(classOrder) };
}

function textFile(name: string, text: string): ExportFile {
  return { name, bytes: new TextEncoder().encode(text) };
}

/** Indented, with lists of numbers on one line. */
function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/\[\n[-+.eE\d,\s]+\]/g, (list) => list.replaceAll(/\s+/g, ""))}\n`;
}
