import { z } from "zod";
import { holdsMoreThan } from "../base/value-size";
import type { EvaluationPair } from "../splitnet/evaluation";

/** File of a run with its last evaluation. */
export const EVALUATION_FILE = "evaluation.json";

/** Values in an evaluation: two confusions of at most 256 by 256 classes, lists of at most 256 subsets, predictions and scores of two networks. */
const LARGEST_EVALUATION = 900_000;

const count = z.int().min(0);
const scores = z.array(z.number().min(0).max(1));
const subsets = z.array(z.object({ index: count, count, top1: z.number() }));
const fields = z.object({
  count,
  loss: z.number(),
  top1: z.number(),
  top5: z.number(),
  secondsPerImage: z.number(),
  // The first versions kept none.
  predictions: z.array(count).default([]),
  truthScores: scores.default([]),
  predictionScores: scores.default([]),
  confusion: z.array(count).refine((counts) => Number.isInteger(Math.sqrt(counts.length)), "not square"),
  perClass: subsets,
  perGroup: subsets,
  perSuperclass: subsets,
});
const report = fields.refine(
  ({ predictions, truthScores, predictionScores }) =>
    truthScores.length === predictionScores.length && (truthScores.length === 0 || truthScores.length === predictions.length),
  "scores do not fit the predictions",
);
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
