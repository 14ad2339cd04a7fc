import { RequestError } from "../base/errors";
import type { RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";
import { importBundle } from "./bundle-import";
import { type ChosenFile, chosen, FORMAT_NAMES } from "./chosen-files";
import { importRun } from "./run-import";
import { importWeights } from "./weights-import";

export interface FilesContext {
  readonly runs: RunStore;
  readonly now: () => number;
}

/** The run that weights alone belong to. */
export interface WeightsOwner {
  readonly id: string;
  /** Where it is stored. */
  readonly runs: RunStore;
}

/**
 * Takes up everything that is exported or saved: what holds a run goes on, weights alone become a run beside their `owner`. Returns the run's record; throws
 * CheckpointError, StorageError or RequestError where the files are nothing of that, and then nothing is stored.
 */
export async function importFiles(
  { runs, now }: FilesContext,
  files: readonly ChosenFile[],
  owner: WeightsOwner | null,
): Promise<RunRecord> {
  const found = chosen(files);
  switch (found.kind) {
    case "run":
      return importRun({ runs, now }, found.bytes);
    case "weights":
      if (owner === null) throw ownerless(FORMAT_NAMES[found.files.format]);
      return importWeights({ from: owner.runs, runs, now }, owner.id, found.files);
    case "bundle":
      return importBundle({ runs, now }, found.files);
    default:
      return found satisfies never;
  }
}

function ownerless(what: string): RequestError {
  return new RequestError(
    `${what} holds weights alone: neither the groups nor the settings of its run`,
    "Open the split run that it was exported from, and load the file again; or choose config.json and model.safetensors together.",
  );
}
