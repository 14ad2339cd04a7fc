import { CheckpointError } from "../base/errors";
import { decodeSafetensors } from "../export/safetensors";
import { TFJS_MODEL } from "../export/tfjs";
import type { WeightFormat } from "../model/run";
import { isCheckpointFile } from "./checkpoint";
import { isPassedOver, isUnsplit } from "./unsplit-import";
import { isZip, namesIn, storedMembers } from "./zip-members";

/** A file as chosen, or a member of a zip; the name may have folders before it. */
export interface ChosenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Weights without a run. */
export type WeightFiles =
  | { readonly format: "safetensors" | "onnx"; readonly bytes: Uint8Array }
  /** By the names that model.json gives them. */
  | { readonly format: "tfjs"; readonly files: ReadonlyMap<string, Uint8Array> };

/** Files of a bundle without its run. */
export interface BundleFiles {
  readonly config: Uint8Array;
  readonly weights: Uint8Array;
  /** Null where there are none. */
  readonly assignments: Uint8Array | null;
}

/** What chosen files are. */
export type Chosen =
  /** A saved run, a bundle with its run, or a checkpoint: of one file. */
  | { readonly kind: "run"; readonly bytes: Uint8Array }
  | { readonly kind: "bundle"; readonly files: BundleFiles }
  | { readonly kind: "weights"; readonly files: WeightFiles }
  /** A safetensors file of a network that is not split. */
  | { readonly kind: "unsplit"; readonly bytes: Uint8Array };

const CONFIG = "config.json";
const WEIGHTS = "model.safetensors";
const ASSIGNMENTS = "assignments.safetensors";
const RUN_RECORD = /^(run\/)?run\.json$/;

/** Most files at a time: the weights of a TensorFlow.js model lie in files of 4 MiB. */
export const MOST_CHOSEN = 512;

/** What the files are, by their content where it tells and else by their names. Throws CheckpointError where they are nothing that is read. */
export function chosen(files: readonly ChosenFile[]): Chosen {
  const [only] = files;
  if (only === undefined || files.length > MOST_CHOSEN) throw unknown(`${files.length} files`);
  if (files.length > 1) return together(files) ?? unreadable(files);
  if (isZip(only.bytes)) return zipped(only);
  const name = baseName(only.name);
  if (name.endsWith(".onnx")) return { kind: "weights", files: { format: "onnx", bytes: only.bytes } };
  if (name === TFJS_MODEL || name === CONFIG) throw unknown(`${name} alone`);
  const { tensors, metadata } = decodeSafetensors(only.bytes, isWholeNumbers);
  if (isCheckpointFile(metadata)) return { kind: "run", bytes: only.bytes };
  if (isUnsplit(tensors.keys())) return { kind: "unsplit", bytes: only.bytes };
  return { kind: "weights", files: { format: "safetensors", bytes: only.bytes } };
}

/** Counters of PyTorch and TensorFlow. */
function isWholeNumbers(name: string): boolean {
  return isPassedOver(name) || name.endsWith(".num_batches_tracked");
}

/** A saved run says itself what is wrong with it; of anything else the files that are known are taken. */
function zipped({ name, bytes }: ChosenFile): Chosen {
  const names = zipNames(bytes);
  if (names.length === 0 || names.some((member) => RUN_RECORD.test(member))) return { kind: "run", bytes };
  const wanted = wantedNames(names);
  const members = storedMembers(bytes, (member) => wanted.has(member));
  return together([...members].map(([member, content]) => ({ name: member, bytes: content }))) ?? unreadable([{ name }]);
}

function zipNames(bytes: Uint8Array): readonly string[] {
  try {
    return namesIn(bytes);
  } catch {
    return [];
  }
}

/** Of a zip with several models the first that there is: config.json with its weights, weights alone, TensorFlow.js, ONNX. */
function wantedNames(names: readonly string[]): ReadonlySet<string> {
  const weights = shallowest(names, WEIGHTS);
  if (weights !== undefined) return new Set([CONFIG, WEIGHTS, ASSIGNMENTS].map((name) => `${folderOf(weights)}${name}`));
  const model = shallowest(names, TFJS_MODEL);
  if (model !== undefined) return new Set(names.filter((name) => folderOf(name) === folderOf(model)).slice(0, MOST_CHOSEN));
  const graph = shallowest(names, "model.onnx");
  return new Set(graph === undefined ? [] : [graph]);
}

/** Programs that serve a bundle have copies of its files in deeper folders. */
function shallowest(names: readonly string[], wanted: string): string | undefined {
  const depth = (name: string): number => name.split("/").length;
  return names.filter((name) => baseName(name) === wanted).sort((a, b) => depth(a) - depth(b))[0];
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

function together(files: readonly ChosenFile[]): Chosen | null {
  const byName = new Map(files.map(({ name, bytes }) => [baseName(name), bytes]));
  if (byName.size !== files.length) throw unknown("two files of one name");
  const [config, weights, model] = [CONFIG, WEIGHTS, TFJS_MODEL].map((name) => byName.get(name));
  if (config !== undefined && weights !== undefined) {
    return { kind: "bundle", files: { config, weights, assignments: byName.get(ASSIGNMENTS) ?? null } };
  }
  if (weights !== undefined) return { kind: "weights", files: { format: "safetensors", bytes: weights } };
  if (model !== undefined) return { kind: "weights", files: { format: "tfjs", files: byName } };
  const graphs = files.filter(({ name }) => name.endsWith(".onnx"));
  const [graph] = graphs;
  return graph !== undefined && graphs.length === 1 ? { kind: "weights", files: { format: "onnx", bytes: graph.bytes } } : null;
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function unreadable(files: readonly { readonly name: string }[]): never {
  throw unknown(
    files
      .map(({ name }) => name.slice(0, 80))
      .slice(0, 10)
      .join(", "),
  );
}

function unknown(what: string): CheckpointError {
  return new CheckpointError(
    `${what}: neither a run, a bundle, a checkpoint nor weights`,
    "Choose one zip, one .safetensors or .onnx file, model.json with its .bin files, or config.json with model.safetensors.",
  );
}

/** What people call the formats. */
export const FORMAT_NAMES: Readonly<Record<WeightFormat, string>> = {
  safetensors: "a safetensors file",
  tfjs: "a TensorFlow.js model",
  onnx: "an ONNX file",
  bundle: "a bundle",
  unsplit: "an unsplit network",
};
