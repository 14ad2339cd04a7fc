import { count, percent } from "../kit/format";

export const exporting = {
  title: "Model file",
  none: "Export packs the split model as a zip: ONNX, safetensors, configuration, metrics and how to load them.",
  ready: "Ready to download",
  variants: "Weights in a smaller form as well",
  variant: { float16: "float16 weights, half the size", int8: "int8 weights, a quarter of the size" },
  measured: "Each is tried on all test images first; the model card says what it costs.",
  verifyFirst: "Verify first, and put the figures in the model card",
  verifyFirstHint:
    "Runs every file in ONNX Runtime and TensorFlow.js before it is packed: seconds for a small network, minutes for one of full width. Where one differs nothing is exported.",
  onlyClasses: (chosen: number, of: number) =>
    chosen === 0 ? "Export only some classes" : `Export only ${chosen} of ${of} classes`,
  allOf: (branch: string) => `All of ${branch}`,
  noneOf: (branch: string) => `None of ${branch}`,
  kept: (leaves: number, of: number, parameters: number, flops: number) =>
    `Export writes the trunk and ${leaves} of ${of} branches: ${percent(parameters)} of the split network's parameters, ${percent(flops)} of its FLOPs.`,
  whole: "Export the whole network instead",
  download: (fileName: string) => `Download ${fileName}`,
  verify: "Verify in other programs",
  verifyHint:
    "Runs every ONNX file of the zip in ONNX Runtime and its tfjs folder in TensorFlow.js, here in the browser, and compares both with the studio's own logits. Loads 15 MB the first time.",
  verifying: (done: number, total: number) =>
    total === 0
      ? "Loading ONNX Runtime and TensorFlow.js"
      : `Verifying: graph ${count(Math.min(done + 1, total))} of ${count(total)}`,
  verified: (checksums: number | null, { onnxRuntime, tensorflowjs }: Readonly<Record<"onnxRuntime" | "tensorflowjs", string>>) =>
    `${checksums === null ? "Run before they were packed, and in the model card." : `${count(checksums)} files have the right checksum.`} Logits of test images in ONNX Runtime ${onnxRuntime} and TensorFlow.js ${tensorflowjs}, against the studio's own:`,
  verifiedColumns: { what: "File", difference: "Largest difference", same: "Same class" },
  verifiedAs: {
    whole: "the whole network",
    parts: "trunk, branches and merge",
    path: "one path",
    classes: "the chosen classes",
    tensorflowjs: "in TensorFlow.js",
    variant: "rounded weights: the model card says what they cost",
  },
  allWithin: (limit: string) => `All within ${limit} of the largest logit, with the same classes.`,
  notWithin: (limit: string) => `Not all within ${limit} of the largest logit with the same classes: do not rely on this export.`,
} as const;
