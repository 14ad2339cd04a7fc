import type { Verification, VerifiedGraph } from "../splitnet/verification";
import type { ExportInput } from "./export-input";
import { percent, plain, table, whole } from "./markdown";

/** What people call each way from images to logits. */
export const WAYS: Readonly<Record<VerifiedGraph["what"], string>> = {
  whole: "whole network",
  parts: "trunk, branches, merge",
  path: "one path",
  classes: "chosen classes",
  variant: "rounded weights",
  tensorflowjs: "TensorFlow.js",
};

/** Section of a model card that says what the files gave in other programs. */
export function paritySection({ parity }: Pick<ExportInput, "parity">): string {
  const heading = "## Same numbers elsewhere\n\n";
  const check = "`check.safetensors` holds images and the studio's logits, to compare with wherever the files are loaded.";
  if (!parity) return `${heading}Not checked when this was exported. ${check}\n`;
  const rows = parity.verified.map(({ what, name, images, difference, sameClass }) => [
    `\`${plain(name)}\` (${WAYS[what]})`,
    whole(images),
    difference.toExponential(1),
    `${whole(sameClass)} (${percent(sameClass / images)})`,
  ]);
  const head = ["file", "test images", "largest difference, of the largest logit", "same class"];
  return `${heading}${table(head, rows)}\n${explanation(parity)}${check}\n`;
}

function explanation({ programs, verified, tolerance }: Verification): string {
  const ran = verified.some(({ what }) => what === "tensorflowjs")
    ? `, \`tfjs/\` in TensorFlow.js ${programs.tensorflowjs} in plain JavaScript`
    : "";
  const rounded = verified.some(({ what }) => what === "variant")
    ? " but the rounded weights, whose accuracy is measured above"
    : "";
  return `ONNX files in ONNX Runtime ${programs.onnxRuntime} as WebAssembly${ran}, against what the studio's own engine computes. An export of which a file${rounded} differs
by more than ${tolerance} is not made. `;
}
