import { inspectLayer } from "../engine/layer-inspection";
import { packRun } from "../engine/run-archive";
import { storedRun } from "../engine/runs";
import { storedCopies } from "../engine/stored-copies";
import { metricsCsvParts, metricsJsonParts } from "../export/tables";
import { metricsOfColumns } from "../model/curve-columns";
import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import { collected } from "./collected";
import { runLines, runSummaries } from "./compared-runs";
import { chosenExamples, previewOf } from "./data-explorer";
import type { Shelves } from "./shelves";
import { confusedImages, firstOfRanking } from "./tested-images";

/** Requests that read what is stored, change nothing that anybody sees, and are answered by one event: at any time, whatever else is done. */
export type Reading = Extract<
  Command,
  {
    kind:
      | "loadImages"
      | "loadClassImages"
      | "loadExamples"
      | "previewImage"
      | "loadConfused"
      | "loadRanked"
      | "loadLayer"
      | "summarizeRuns"
      | "loadLines"
      | "listCheckpoints"
      | "saveRun"
      | "saveMetrics";
  }
>;

/** The event that answers the request. */
export async function readFor(shelves: Shelves, command: Reading): Promise<EngineEvent> {
  const { runs, library } = shelves;
  switch (command.kind) {
    case "loadImages":
      return { kind: "imagesLoaded", ...(await library.images(command.label, command.count)) };
    case "loadClassImages":
      return { kind: "classImagesLoaded", ...(await library.classImages()) };
    case "loadExamples":
      return { kind: "examplesLoaded", examples: chosenExamples(await library.load(), command.choice, command) };
    case "previewImage":
      return { kind: "imagePreviewed", preview: previewOf(await library.load(), command) };
    case "loadConfused":
      return { kind: "confusedLoaded", confused: await confusedImages(shelves, command) };
    case "loadRanked":
      return { kind: "rankedLoaded", ranked: await firstOfRanking(shelves, command) };
    case "loadLayer": {
      const { runId, stage, layer } = command;
      const inspected = await inspectLayer({ runs }, await storedRun(runs, runId), stage, layer);
      return { kind: "layerLoaded", layer: { runId, stage, layer, ...inspected } };
    }
    case "summarizeRuns":
      return { kind: "runsSummarized", view: await runSummaries(shelves, command.runIds) };
    case "loadLines":
      return { kind: "linesLoaded", view: await runLines(shelves, command) };
    case "listCheckpoints": {
      const { runId } = command;
      return { kind: "checkpointsListed", runId, checkpoints: await storedCopies(runs, runId) };
    }
    case "saveRun": {
      const { fileName, stream } = await packRun(runs, command.runId);
      const file = await collected(stream, "application/zip");
      return { kind: "runSaved", runId: command.runId, fileName, file };
    }
    case "saveMetrics":
      return savedMetrics(shelves, command);
    default:
      return command satisfies never;
  }
}

type SaveMetrics = Extract<Command, { kind: "saveMetrics" }>;

/** Every metric of a run as a file, those included that are not stored yet. */
async function savedMetrics({ runs, desk }: Shelves, { runId, format }: SaveMetrics): Promise<EngineEvent> {
  const record = await storedRun(runs, runId);
  const metrics = metricsOfColumns(await desk.curvesOf(runId));
  const parts = format === "csv" ? metricsCsvParts(metrics) : metricsJsonParts(record, metrics);
  const file = new Blob([...parts], { type: format === "csv" ? "text/csv" : "application/json" });
  return { kind: "runSaved", runId, fileName: `splitnet-metrics-${runId}.${format}`, file };
}
