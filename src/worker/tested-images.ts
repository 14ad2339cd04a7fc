import { RequestError } from "../base/errors";
import type { Examples } from "../data/dataset";
import { decodeEvaluation, EVALUATION_FILE } from "../engine/evaluation-file";
import { storedRun } from "../engine/runs";
import type { Command } from "../protocol/commands";
import type { ConfusedView, RankedView, TestedImages } from "../protocol/views";
import { rankedImages } from "../splitnet/certainty";
import type { EvaluationReport } from "../splitnet/evaluation";
import { thumbnailsOf } from "./data-library";
import type { Shelves } from "./shelves";

/** Where runs and their data set are. */
type Stored = Pick<Shelves, "runs" | "library">;
type CellWanted = Extract<Command, { kind: "loadConfused" }>;
type RankingWanted = Extract<Command, { kind: "loadRanked" }>;

const AGAIN = "Press Evaluate again.";

/** The test images that a network of a run takes for a class; throws RequestError where its evaluation, or its data set, is not at hand. */
export async function confusedImages(
  stored: Stored,
  { runId, network, truth, predicted, count }: CellWanted,
): Promise<ConfusedView> {
  const tested = await testedNetwork(stored, runId, network);
  const { fine } = tested.examples;
  const images = tested.report.predictions.flatMap((own, index) => (own === predicted && fine[index] === truth ? [index] : []));
  return { truth, predicted, ...shownOf(tested, images, count) };
}

/** The first test images of a ranking; throws RequestError as above, and where an earlier version kept no probabilities. */
export async function firstOfRanking(
  stored: Stored,
  { runId, network, ranking, label, count }: RankingWanted,
): Promise<RankedView> {
  const tested = await testedNetwork(stored, runId, network);
  const { report, examples } = tested;
  if (report.predictionScores.length === 0) {
    throw new RequestError(`the evaluation of run ${runId} was made by an earlier version, which kept no probabilities`, AGAIN);
  }
  return { ranking, label, ...shownOf(tested, rankedImages(report, examples.fine, ranking, label), count) };
}

/** A network's report and the images that it was made on. */
interface Tested extends Pick<TestedImages, "runId" | "network"> {
  readonly report: EvaluationReport;
  readonly examples: Examples;
}

async function testedNetwork({ runs, library }: Stored, runId: string, network: Tested["network"]): Promise<Tested> {
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
  if (report === null || report.predictions.length !== dataset.test.count) {
    throw new RequestError(`run ${runId} has no predictions of the ${network} network stored`, AGAIN);
  }
  return { runId, network, report, examples: dataset.test };
}

function shownOf({ runId, network, report, examples }: Tested, images: readonly number[], count: number): TestedImages {
  const shown = images.slice(0, count);
  const verdicts = shown.map((image) => {
    const [truth, predicted] = [report.truthScores[image], report.predictionScores[image]];
    const scores = truth === undefined || predicted === undefined ? null : { truth, predicted };
    return { truth: examples.fine[image]!, predicted: report.predictions[image]!, scores };
  });
  return { runId, network, total: images.length, verdicts, rgba: thumbnailsOf(examples, shown) };
}
