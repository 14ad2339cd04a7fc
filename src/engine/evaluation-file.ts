import { z } from "zod";
import { holdsMoreThan } from "../base/value-size";
import type { EvaluationPair } from "../splitnet/evaluation";

/** File of a run with its last evaluation. */
export const EVALUATION_FILE = "evaluation.json";

/** Values in an evaluation: two confusions of at most 256 by 256 classes, lists of at most 256 subsets, and the predictions of two networks. */
const LARGEST_EVALUATION = 400_000;

const count = z.int().min(0);
const subsets = z.array(z.object({ index: count, count, top1: z.number() }));
const report = z.object({
  count,
  loss: z.number(),
  top1: z.number(),
  top5: z.number(),
  secondsPerImage: z.number(),
  // The first versions kept none.
  predictions: z.array(count).default([]),
  confusion: z.array(count).refine((counts) => Number.isInteger(Math.sqrt(counts.length)), "not square"),
  perClass: subsets,
  perGroup: subsets,
  perSuperclass: subsets,
});
const pairSchema: z.ZodType<EvaluationPair> = z.object({ unsplit: report, split: report.nullable() });

export function encodeEvaluation(pair: EvaluationPair): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(pair)}\n`);
}

/** The evaluation, or null where the file is not one: it can be made again. */
export function decodeEvaluation(bytes: Uint8Array): EvaluationPair | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return holdsMoreThan(value, LARGEST_EVALUATION) ? null : (pairSchema.safeParse(value).data ?? null);
  } catch {
    return null;
  }
}
