import { RequestError } from "../base/errors";
import type { DatasetSummary } from "../data/dataset";
import type { Config } from "../model/config";
import type { RunOrigin, RunRecord } from "../model/run";
import type { RunStore } from "../storage/stores";
import { importBundle } from "./bundle-import";
import { type ChosenFile, chosen, FORMAT_NAMES } from "./chosen-files";
import { importRun } from "./run-import";
import { originOf } from "./runs";
import { importUnsplit } from "./unsplit-import";
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

/** What a network that is not split begins a run with: the settings of the form, and the data set at hand. */
export interface Beginning {
  readonly config: Config | null;
  readonly dataset: DatasetSummary | null;
}

/**
 * Takes up everything that is exported or saved: what holds a run goes on, weights alone become a run beside their `owner`, an unsplit network one of its own `beginning`. Returns the run's record; throws
 * CheckpointError, StorageError or RequestError where the files are nothing of that, and then nothing is stored.
 */
export async function importFiles(
  { runs, now }: FilesContext,
  files: readonly ChosenFile[],
  owner: WeightsOwner | null,
  beginning: Beginning | null = null,
): Promise<RunRecord> {
  const found = chosen(files);
  switch (found.kind) {
    case "run":
      return importRun({ runs, now }, found.bytes);
    case "weights":
      if (owner === null) throw ownerless(FORMAT_NAMES[found.files.format]);
      return importWeights({ from: owner.runs, runs, now }, owner.id, found.files);
    case "unsplit":
      return importUnsplit({ runs, now }, found.bytes, begunWith(beginning));
    case "bundle":
      return importBundle({ runs, now }, found.files);
    default:
      return found satisfies never;
  }
}

function begunWith(beginning: Beginning | null): RunOrigin {
  const [config, dataset] = [beginning?.config ?? null, beginning?.dataset ?? null];
  if (config !== null && dataset !== null) return originOf(config, dataset);
  throw new RequestError(
    `the weights are of an unsplit network, and ${dataset === null ? "its data set is not here" : "its settings are not known"}`,
    "Import the data set and set the form to its network first; on the command line use `splitnet import` with --data and --preset.",
  );
}

function ownerless(what: string): RequestError {
  return new RequestError(
    `${what} holds weights alone: neither the groups nor the settings of its run`,
    "Open the split run that it was exported from, and load the file again; or choose config.json and model.safetensors together.",
  );
}
