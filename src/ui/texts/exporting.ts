import { count } from "../kit/format";

export const exporting = {
  title: "Model file",
  none: "Export packs the split model as a zip: ONNX, safetensors, configuration, metrics and how to load them.",
  ready: "Ready to download",
  download: (fileName: string) => `Download ${fileName}`,
  verify: "Verify in ONNX Runtime",
  verifyHint:
    "Runs every ONNX file of the zip in another program, here in the browser, and compares it with the studio's own logits. Loads 14 MB the first time.",
  verifying: (done: number, total: number) =>
    total === 0 ? "Loading ONNX Runtime" : `Verifying: graph ${count(Math.min(done + 1, total))} of ${count(total)}`,
  verified: (checksums: number, images: number) =>
    `${count(checksums)} files have the right checksum. Logits of ${count(images)} test images, against the studio's own:`,
  verifiedColumns: { what: "File", difference: "Largest difference", same: "Same class" },
  verifiedAs: {
    whole: "the whole network",
    parts: "trunk, branches and merge",
    path: "one path",
  },
  allWithin: (limit: string) => `All within ${limit} of the largest logit, with the same classes.`,
  notWithin: (limit: string) => `Not all within ${limit} of the largest logit with the same classes: do not rely on this export.`,
} as const;
