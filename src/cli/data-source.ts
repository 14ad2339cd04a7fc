import { formatBytes } from "../base/bytes";
import { type ImportedDataset, importDataset } from "../data/import";
import { formatShare } from "./format";
import { curable } from "./interrupt";
import type { Progress } from "./progress";
import { sourceFile } from "./source-file";

/** Reads an archive or loose files with progress. Throws StorageError for files, ArchiveError for their content. */
export async function readDataset(paths: readonly string[], progress: Progress, signal: AbortSignal): Promise<ImportedDataset> {
  const files = await Promise.all(paths.map(sourceFile));
  const imported = await curable(signal, "Nothing was changed; run the same command again.", () =>
    importDataset(
      files,
      ({ file, bytesDone, bytesTotal }) => {
        const share = bytesTotal === null || bytesTotal === 0 ? "" : `${formatShare(bytesDone / bytesTotal)}, `;
        progress.show(`reading ${file}: ${share}${formatBytes(bytesDone)}`);
      },
      signal,
    ),
  );
  progress.end();
  return imported;
}
