import { CheckpointError } from "../../base/errors";
import { onnxRunner } from "../../verify/onnx-runtime";
import { verifyBundle } from "../../verify/verify-bundle";
import type { Command, Invocation } from "../command";
import { readBytes } from "../files";
import { formatCount, formatTable } from "../format";

/** What each way is called in the table. */
const WHAT = {
  whole: "whole network",
  parts: "trunk, branches, merge",
  path: "one path",
  classes: "chosen classes",
  variant: "rounded weights",
  tensorflowjs: "TensorFlow.js",
} as const;

export const verifyCommand: Command = {
  name: "verify",
  synopsis: "FILE",
  summary: "run an exported zip in ONNX Runtime and TensorFlow.js, and compare with the studio's logits",
  notes: ["FILE             what `splitnet export` or the page has exported; exit code 1 where it differs or is damaged"],
  options: {},
  positionals: [1, 1],
  async run({ positionals, progress }: Invocation) {
    const file = positionals[0]!;
    const bundle = await readBytes(file);
    // Loaded by this command alone: they are larger than all the rest of the program.
    const ort = await import("onnxruntime-web");
    const { runTfjs } = await import("../../verify/tfjs-runtime");
    ort.env.wasm.numThreads = 1;
    const verification = await verifyBundle(bundle, { onnx: onnxRunner(ort), tfjs: runTfjs }, (done, total) =>
      progress.show(`verify: graph ${Math.min(done + 1, total)} of ${total}`),
    );
    progress.end();
    const { checksums, verified, within, tolerance } = verification;
    const rows = verified.map(({ what, name, difference, images, sameClass }) => [
      `${name} (${WHAT[what]})`,
      difference.toExponential(1),
      `${formatCount(sameClass)} / ${formatCount(images)}`,
    ]);
    const table = formatTable([["file", "largest difference", "same class"], ...rows]);
    if (!within) {
      throw new CheckpointError(
        `${file}: not every graph gives the studio's logits within ${tolerance} of the largest\n${table}`,
        "Export the model again, and report it if that does not help.",
      );
    }
    const text = `${file}: ${formatCount(checksums)} checksums right, every graph within ${tolerance} of the largest logit\n${table}`;
    return { json: { file, ...verification }, text };
  },
};
