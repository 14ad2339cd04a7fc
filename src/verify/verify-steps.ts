import { z } from "zod";
import { CheckpointError } from "../base/errors";
import type { VerifiedGraph } from "../splitnet/verification";
import { type BundleFiles, CURE } from "./bundle-files";

/** One way through a bundle: graphs that lead together from images to logits. */
export interface VerifyStep {
  readonly what: VerifiedGraph["what"];
  readonly name: string;
  readonly graphs: readonly string[];
  /** Classes of the logits, null for all of them in order. */
  readonly classes: readonly number[] | null;
}

export const TFJS_MODEL = "tfjs/model.json";
const WHOLE = "onnx/model.onnx";
/** Of a bundle of some classes, which has no other graph but its variants. */
const SUBSET = "onnx/subset.onnx";
const VARIANT = /^onnx\/(model|subset)_[a-z0-9]+\.onnx$/;
const MERGE = "onnx/merge.onnx";

const configSchema = z.object({
  classGroups: z.array(z.object({ branch: z.string(), classes: z.array(z.object({ label: z.int().min(0) })) })),
});

/** Every way through the bundle. */
export async function stepsOf(files: BundleFiles): Promise<readonly VerifyStep[]> {
  const { names } = files;
  const single = [
    names.includes(SUBSET) ? stepOf("classes", SUBSET) : stepOf("whole", WHOLE),
    ...names.filter((name) => VARIANT.test(name)).map((name) => stepOf("variant", name)),
    ...(names.includes(TFJS_MODEL) ? [stepOf("tensorflowjs", TFJS_MODEL)] : []),
  ];
  if (!names.includes(MERGE)) return single;
  const branches = names.filter((name) => name.startsWith("onnx/branch_")).sort(byDepth);
  const parts: VerifyStep = { what: "parts", name: MERGE, graphs: ["onnx/trunk.onnx", ...branches, MERGE], classes: null };
  const { classGroups } = await configOf(files);
  const paths = classGroups.map(({ branch, classes }): VerifyStep => {
    const name = `onnx/${branch.replaceAll(/[^a-z0-9]+/g, "_").replace("branch", "path")}.onnx`;
    return { what: "path", name, graphs: [name], classes: classes.map(({ label }) => label) };
  });
  return [...single, parts, ...paths];
}

/** One graph from images to the logits that came with the bundle. */
function stepOf(what: VerifyStep["what"], name: string): VerifyStep {
  return { what, name, graphs: [name], classes: null };
}

/** A branch stands before those below it, whose names are longer. */
function byDepth(a: string, b: string): number {
  return a.split("_").length - b.split("_").length || a.localeCompare(b, "en");
}

async function configOf(files: BundleFiles): Promise<z.infer<typeof configSchema>> {
  const bytes = await files.read("config.json");
  try {
    return configSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new CheckpointError("config.json does not tell the groups of classes", CURE, { cause });
  }
}
