import { join } from "node:path";
import type { DatasetStore, RunStore } from "../stores";
import { FolderDatasetStore } from "./dataset";
import { FolderRunStore } from "./runs";

/** Storage over a folder: `runs/<id>/` and `dataset/`. Nothing is created before the first write. */
export function openFolder(path: string): { readonly datasets: DatasetStore; readonly runs: RunStore } {
  return { datasets: new FolderDatasetStore(join(path, "dataset")), runs: new FolderRunStore(join(path, "runs")) };
}
