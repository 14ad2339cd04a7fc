import { modelFiles, runFolder, subsetFiles } from "../export/bundle";
import type { ExportInput } from "../export/export-input";
import { type Archive, type ExportFile, zipStream } from "../export/zip";
import type { RunRecord } from "../model/run";
import type { Verification } from "../splitnet/verification";
import type { EngineContext } from "./context";
import { decodeEvaluation, EVALUATION_FILE } from "./evaluation-file";
import { exportCheck } from "./export-check";
import { checkExportOptions, type ExportOptions, WHOLE_EXPORT } from "./export-options";
import { measuredWeights } from "./measured-weights";
import { groupedNetwork, learnedAssignments, splitNetwork, storedCut } from "./networks";
import { runFiles } from "./run-archive";
import { requireRun } from "./runs";
import { unlessStopped } from "./stages";
import { STUDIO_VERSION } from "./version";

/** Runs files of a bundle in other programs; rejects where one gives something else than this engine. */
export type VerifyExport = (files: readonly ExportFile[]) => Promise<Verification>;

export interface ExportArchive extends Archive {
  /** What its files gave in other programs, null where they were not run. */
  readonly parity: Verification | null;
}

/**
 * The bundle of a split run; null when it was stopped before. A stop while it is read fails its stream. With `verify` its files are verified before
 * there is a bundle, and the model card has what that gave. Throws RequestError for classes that the run does not have, ShapeError for weights
 * beyond a variant's range.
 */
export async function exportStage(
  context: EngineContext,
  id: string,
  options: ExportOptions = WHOLE_EXPORT,
  verify?: VerifyExport,
): Promise<ExportArchive | null> {
  const run = await requireRun(context, id, ["finetuning", "finetuned"]);
  checkExportOptions(options, run);
  return unlessStopped(context, async () => {
    const input = await exportInput(context, run, options);
    // A file depends on the input alone: those verified here are, but for the card, byte for byte those that are packed.
    const parity = verify === undefined ? null : await verify(contentOf(input, options));
    return { ...archiveOf(context, { ...input, parity }, options), parity };
  });
}

async function exportInput(context: EngineContext, run: RunRecord, options: ExportOptions): Promise<ExportInput> {
  const grouped = await groupedNetwork(context, run);
  const cut = await storedCut(context, run, grouped);
  const tensors = await splitNetwork(context, run, cut);
  const measured = await measuredWeights(context, run, cut, tensors, options);
  const evaluated = run.evaluated ? await context.runs.readFile(run.id, EVALUATION_FILE) : null;
  return {
    version: STUDIO_VERSION,
    run,
    dataset: context.summary,
    plan: cut.plan,
    tree: cut.tree,
    tensors,
    assignments: learnedAssignments(cut.dense, grouped),
    check: await exportCheck(context, run, cut, tensors, options.classes),
    measured,
    evaluation: evaluated === null ? null : decodeEvaluation(evaluated.bytes),
    curves: await context.runs.readCurves(run.id),
    runFiles: await runFiles(context.runs, run.id),
    ...(options.gpus !== undefined && { gpus: options.gpus }),
  };
}

function contentOf(input: ExportInput, { classes }: ExportOptions): readonly ExportFile[] {
  return classes === null ? modelFiles(input) : subsetFiles(input, classes);
}

function archiveOf({ control, observer }: EngineContext, input: ExportInput, options: ExportOptions): Archive {
  const { id, createdAt } = input.run;
  const { classes } = options;
  const files = [...contentOf(input, options), ...(classes === null ? runFolder(input) : [])];
  const onFile = (filesDone: number): void => {
    control.signal.throwIfAborted();
    observer({ kind: "exporting", runId: id, filesDone, filesTotal: files.length });
  };
  const fileName = classes === null ? `splitnet-${id}.zip` : `splitnet-${id}-${classes.length}-classes.zip`;
  return { fileName, stream: zipStream(files, { modifiedAt: createdAt, checksums: true, onFile }) };
}
