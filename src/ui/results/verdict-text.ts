import type { Verdict } from "../../protocol/views";
import { percent } from "../kit/format";
import { text } from "../text";

/** An image's class and what it was taken for, with the probabilities of both as far as they are known. */
export function verdictText({ truth, predicted, scores }: Verdict, classes: readonly string[]): string {
  const [own, other] = [classes[truth] ?? "", classes[predicted] ?? ""];
  if (truth === predicted) return scores === null ? own : `${own} ${percent(scores.truth)}`;
  if (scores === null) return text.results.takenFor(own, other);
  return text.results.takenFor(`${own} ${percent(scores.truth)}`, `${other} ${percent(scores.predicted)}`);
}
