import type { EvaluationReport } from "./evaluation";

/** Which images of an evaluation to look at first: mistakes of the highest probability, or right answers of the lowest. */
export const RANKINGS = ["certainWrong", "unsureRight"] as const;
export type Ranking = (typeof RANKINGS)[number];

/** Test images in the order of the ranking, all of them or those of class `label`; `labels[image]` is its class. Ties by index. */
export function rankedImages(
  { predictions, predictionScores }: Pick<EvaluationReport, "predictions" | "predictionScores">,
  labels: Uint8Array,
  ranking: Ranking,
  label: number | null,
): number[] {
  const wantsRight = ranking === "unsureRight";
  const images = predictions.flatMap((predicted, image) => {
    const truth = labels[image]!;
    return (predicted === truth) === wantsRight && (label === null || label === truth) ? [image] : [];
  });
  const rising = (a: number, b: number): number => predictionScores[a]! - predictionScores[b]!;
  return images.sort((a, b) => (wantsRight ? rising(a, b) : rising(b, a)) || a - b);
}
