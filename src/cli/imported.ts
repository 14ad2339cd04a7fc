import { RequestError } from "../base/errors";
import type { ChosenFile } from "../engine/chosen-files";
import type { RunRecord } from "../model/run";
import type { CommandResult } from "./command";
import { readBytes } from "./files";
import { RunFolder } from "./run-folder";

/** What `unpack` and `import` have in common. */

export async function unusedFolder(path: string): Promise<RunFolder> {
  const folder = new RunFolder(path);
  if ((await folder.record()) === null) return folder;
  throw new RequestError(`${folder.path}: holds a run already`, "Choose another folder for the new one.");
}

export async function readFiles(paths: readonly string[]): Promise<readonly ChosenFile[]> {
  const files: ChosenFile[] = [];
  for (const path of paths) files.push({ name: path.replaceAll("\\", "/"), bytes: await readBytes(path) });
  return files;
}

export function takenUp(folder: RunFolder, record: RunRecord): CommandResult {
  const next =
    record.phase === "finetuned"
      ? `splitnet evaluate --run ${folder.path} --data ARCHIVE`
      : `splitnet run --out ${folder.path} --data ARCHIVE`;
  return {
    json: { folder: folder.path, run: record.id, phase: record.phase, checkpointStep: record.checkpointStep },
    text: `${folder.path}: run ${record.id}, ${record.phase}, after step ${record.checkpointStep}. Continue with: ${next}`,
  };
}
