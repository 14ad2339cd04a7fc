import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../base/bytes";
import { allParts, leafParts, type NetworkPart } from "../splitnet/parts";
import type { ExportInput } from "./export-input";
import { ONNX_OUTPUT } from "./onnx";
import type { Port } from "./onnx-graph";
import { partInput, partName, partOutputs, pathName } from "./onnx-parts";

const FORMAT = 1;

/** parts.json, by which the serving programs know the tree: every part and every path with its file, what it takes and gives, and who takes that on. */
export function partsJson(root: NetworkPart, input: Pick<ExportInput, "run" | "check">): unknown {
  const leaves = leafParts(root);
  return {
    format: FORMAT,
    model: modelId(input),
    classes: leaves.flatMap(({ classes }) => classes!).length,
    parts: allParts(root).map((part) =>
      entry(partName(part), partInput(part), partOutputs(part), part.children.map(partName), part.classes),
    ),
    paths: leaves.map((leaf) => {
      const logits: Port = { name: ONNX_OUTPUT, shape: ["N", leaf.classes!.length] };
      return entry(pathName(leaf), partInput(root), [logits], [], leaf.classes);
    }),
  };
}

/** Which weights these are, of letters that a subject of NATS may have: another machine's run may have the same name, but not the same logits. */
function modelId({ run, check: { logits } }: Pick<ExportInput, "run" | "check">): string {
  const { buffer, byteOffset, byteLength } = logits.data;
  return `${run.id}-${toHex(sha256(new Uint8Array(buffer, byteOffset, byteLength))).slice(0, 8)}`;
}

function entry(
  name: string,
  input: Port,
  outputs: readonly Port[],
  children: readonly string[],
  classes: readonly number[] | null,
) {
  return { name, file: `../onnx/${name}.onnx`, input: ofOneImage(input), outputs: outputs.map(ofOneImage), children, classes };
}

/** Without the number of images. */
function ofOneImage({ name, shape }: Port): Port {
  return { name, shape: shape.slice(1) };
}
