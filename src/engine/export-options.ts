import { RequestError } from "../base/errors";
import type { RunRecord } from "../model/run";
import type { WeightVariant } from "../model/weight-variant";

/** What an export holds beside, or instead of, the whole network. */
export interface ExportOptions {
  /** Smaller forms of the weights, each as an ONNX file with its measured accuracy. */
  readonly variants: readonly WeightVariant[];
  /** The only classes exported, in the order of the logits; null for the whole network. */
  readonly classes: readonly number[] | null;
  /** GPUs of the machine that is to serve it with Triton; absent for one a leaf of the tree. */
  readonly gpus?: number;
}

export const WHOLE_EXPORT: ExportOptions = { variants: [], classes: null };

/** Throws RequestError for classes that the run does not have, one given twice, or none, and for GPUs where there is nothing to serve in parts. */
export function checkExportOptions({ classes, gpus }: ExportOptions, { classes: names }: Pick<RunRecord, "classes">): void {
  if (classes === null) return;
  if (gpus !== undefined) {
    throw new RequestError("some classes alone are one model", "Leave out the number of GPUs, or export the whole network.");
  }
  if (classes.length === 0)
    throw new RequestError("no class is to be exported", "Choose at least one class, or export the whole network.");
  const missing = classes.find((label) => names[label] === undefined);
  if (missing !== undefined) {
    throw new RequestError(`there is no class ${missing}`, `Choose among the classes 0 to ${names.length - 1} of this run.`);
  }
  const twice = classes.find((label, index) => classes.indexOf(label) !== index);
  if (twice !== undefined) throw new RequestError(`class ${twice} (${names[twice]}) is given twice`, "Give every class once.");
}
