import { setImmediate } from "node:timers/promises";
import { CheckpointError } from "../base/errors";
import { WAYS } from "../export/parity";
import type { ExportFile } from "../export/zip";
import { differencesOf, type Verification } from "../splitnet/verification";
import { bundleFilesOf } from "../verify/bundle-files";
import { type Programs, type VerifyOptions, verifyFiles } from "../verify/verify-bundle";
import { formatCount, formatTable } from "./format";
import type { Progress } from "./progress";
import type { Tools } from "./session";

/** ONNX Runtime and TensorFlow.js, loaded by who verifies alone: they are larger than all the rest of the program. */
export async function otherPrograms(): Promise<Programs> {
  const ort = await import("onnxruntime-web");
  const { onnxRuntime } = await import("../verify/onnx-runtime");
  const { tfjsProgram } = await import("../verify/tfjs-runtime");
  ort.env.wasm.numThreads = 1;
  return { onnx: onnxRuntime(ort), tfjs: tfjsProgram };
}

/** Shows how far it is, and lets an interrupt end it between two batches of images: both programs compute without a pause. */
export function verifyOptions({ progress, signal }: Tools): VerifyOptions {
  return {
    onFile: (done, total) => progress.show(`verify: graph ${Math.min(done + 1, total)} of ${total}`),
    breathe: async () => {
      await setImmediate();
      signal.throwIfAborted();
    },
  };
}

export function verificationTable({ verified }: Verification): string {
  const rows = verified.map(({ what, name, difference, images, sameClass }) => [
    `${name} (${WAYS[what]})`,
    difference.toExponential(1),
    `${formatCount(sameClass)} / ${formatCount(images)}`,
  ]);
  return formatTable([["file", "largest difference", "same class"], ...rows]);
}

/** Where a graph gives something else than the studio: notes the table of all, and throws CheckpointError that says which. `what` begins the sentence. */
export function requireWithin(what: string, verification: Verification, progress: Progress): void {
  const differences = differencesOf(verification);
  if (differences === null) return;
  progress.note(verificationTable(verification));
  throw new CheckpointError(`${what}: ${differences}`, "Export the model again, and report it if that does not help.");
}

/** Verifies files that are to be packed, each made when it is needed; throws CheckpointError where one differs. */
export async function verifyMade(files: readonly ExportFile[], tools: Tools): Promise<Verification> {
  const made = bundleFilesOf(new Map(files.map((file) => [file.name, file])), (file) => file.make());
  const verification = await verifyFiles(made, await otherPrograms(), verifyOptions(tools));
  tools.progress.end();
  requireWithin("nothing was exported", verification, tools.progress);
  tools.progress.note(
    `verified: every graph within ${verification.tolerance} of the largest logit; the model card has the figures`,
  );
  return verification;
}
