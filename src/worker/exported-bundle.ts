import { CheckpointError } from "../base/errors";
import type { EngineContext } from "../engine/context";
import type { ExportOptions } from "../engine/export-options";
import { exportStage, type VerifyExport } from "../engine/export-stage";
import { unlessStopped } from "../engine/stages";
import type { ExportFile } from "../export/zip";
import { differencesOf, type Verification } from "../splitnet/verification";
import { collected } from "./collected";
import type { VerifyTools } from "./verify-in-worker";

/** Runs an exported bundle, or the files of one, in other programs. */
export type Verify = (source: Blob | readonly ExportFile[], tools: VerifyTools) => Promise<Verification>;

export interface ExportedBundle {
  readonly fileName: string;
  readonly file: Blob;
  /** What its files gave in other programs, null where they were not run. */
  readonly verification: Verification | null;
}

/** The bundle as one file; null when it was stopped before. With `verify`, of files that were run in other programs first. */
export async function exportedBundle(
  context: EngineContext,
  runId: string,
  options: ExportOptions,
  verify: VerifyExport | undefined,
): Promise<ExportedBundle | null> {
  return unlessStopped(context, async () => {
    const archive = await exportStage(context, runId, options, verify);
    if (archive === null) return null;
    const { fileName, stream, parity } = archive;
    return { fileName, file: await collected(stream, "application/zip"), verification: parity };
  });
}

/** What other programs give for the files; throws CheckpointError that names those that differ. */
export function verifyingWith(verify: Verify, tools: VerifyTools): VerifyExport {
  return async (files) => {
    // The programs are loaded before the first graph is run.
    tools.onProgress(0, 0);
    const verification = await verify(files, tools);
    const differences = differencesOf(verification);
    if (differences === null) return verification;
    throw new CheckpointError(
      differences,
      "Nothing was exported. Export again, and report it with the event log if that does not help.",
    );
  };
}
