import { z } from "zod";
import { CheckpointError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { type Config, configSchema } from "../model/config";
import { EXPORT_FORMAT_VERSION } from "./config-json";
import { parseStrictJson } from "./strict-json";

/** What config.json of a bundle says of its run; layers and tree follow from it. */
export interface BundleConfig {
  readonly config: Config;
  readonly datasetId: string;
  readonly datasetSource: string;
  readonly classes: readonly string[];
  readonly superclasses: readonly string[];
  readonly superclassOf: readonly number[];
  /** `order[new]` is the channel of the unsplit network that stands at `new`; groups are contiguous, of these sizes. */
  readonly channels: readonly { readonly space: string; readonly sizes: readonly number[]; readonly order: readonly number[] }[];
  readonly classOrder: readonly number[];
  /** Of the split network. */
  readonly network: string;
}

/** Many times what the largest network needs: some 50 values a layer, and its channels. */
const MAX_VALUES = 2_000_000;
const MAX_BYTES = 1 << 25;

/** One check of a whole list: a schema of its members would report every one of thousands. */
const numbers = z.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.every((number) => Number.isSafeInteger(number) && number >= 0),
  "not a list of whole numbers",
);
const labels = z.array(z.string()).max(256);

const fileSchema = z.object({
  format: z.literal("splitnet-studio-export"),
  formatVersion: z.literal(EXPORT_FORMAT_VERSION),
  dataset: z.object({ id: z.string().min(1).max(200), source: z.string().max(10_000) }),
  classes: labels.min(1),
  superclasses: labels,
  superclassOf: numbers,
  channels: z.array(z.object({ space: z.string(), sizes: numbers, order: numbers })).max(10_000),
  classOrder: numbers,
  architecture: z.object({ name: z.string() }),
  training: configSchema,
});

/** Reads config.json; throws CheckpointError naming the fields at fault. Whether the plan fits the network is for the reader of the plan. */
export function parseBundleConfig(bytes: Uint8Array): BundleConfig {
  if (bytes.length > MAX_BYTES) throw unfit(`${bytes.length} bytes, more than ${MAX_BYTES}`);
  const value = parseStrictJson(bytes, "it", unfit);
  if (holdsMoreThan(value, MAX_VALUES)) throw unfit(`it holds more than ${MAX_VALUES} values`);
  const parsed = parseSafely(fileSchema, value);
  if (!parsed.success) throw unfit(describeProblems(parsed.error.issues, "all of it"));
  const { dataset, training, architecture, classes, superclasses, superclassOf, channels, classOrder } = parsed.data;
  if (superclassOf.length !== classes.length || superclassOf.some((label) => label >= superclasses.length)) {
    throw unfit("superclassOf does not give every class one of the superclasses");
  }
  return {
    config: training,
    datasetId: dataset.id,
    datasetSource: dataset.source,
    network: architecture.name,
    ...{ classes, superclasses, superclassOf, channels, classOrder },
  };
}

/** What is wrong with config.json. */
export function unfit(message: string, cause?: unknown): CheckpointError {
  return new CheckpointError(
    `config.json: ${message}`,
    "Take config.json and model.safetensors of one export, unchanged; or load the zip with its run/ folder.",
    { cause },
  );
}
