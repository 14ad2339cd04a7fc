import { RequestError } from "../base/errors";
import { decodeEvaluation, EVALUATION_FILE } from "../engine/evaluation-file";
import { storedRun } from "../engine/runs";
import type { Command } from "../protocol/commands";
import type { ConfusedView } from "../protocol/views";
import type { Shelves } from "./shelves";

type Wanted = Extract<Command, { kind: "loadConfused" }>;

/** The test images that a network of a run takes for a class; throws RequestError where its evaluation, or its data set, is not at hand. */
export async function confusedImages(
  { runs, library }: Pick<Shelves, "runs" | "library">,
  { runId, network, truth, predicted, count }: Wanted,
): Promise<ConfusedView> {
  const { datasetId } = await storedRun(runs, runId);
  const { dataset, summary } = await library.load();
  if (datasetId !== summary.id) {
    throw new RequestError(
      `run ${runId} was evaluated on another data set than ${summary.source}`,
      "Import that data set again.",
    );
  }
  const file = await runs.readFile(runId, EVALUATION_FILE);
  const report = file === null ? null : (decodeEvaluation(file.bytes)?.[network] ?? null);
  const { fine } = dataset.test;
  if (report === null || report.predictions.length !== fine.length) {
    throw new RequestError(`run ${runId} has no predictions of the ${network} network stored`, "Press Evaluate again.");
  }
  const images = report.predictions.flatMap((own, index) => (own === predicted && fine[index] === truth ? [index] : []));
  const shown = images.slice(0, count);
  return {
    ...{ runId, network, truth, predicted },
    total: images.length,
    shown: shown.length,
    rgba: library.thumbnails(dataset.test, shown),
  };
}
