import { z } from "zod";
import { concatBytes } from "../base/bytes";
import { CheckpointError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { sizeOf } from "../base/tensor";
import { holdsMoreThan } from "../base/value-size";
import { parseStrictJson } from "./strict-json";
import { TFJS_MODEL } from "./tfjs";

/** The files of a TensorFlow.js model, read and not yet held against a network. */
export interface StoredModel {
  readonly layers: readonly StoredLayer[];
  readonly inputLayers: unknown;
  readonly outputLayers: unknown;
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

export type StoredLayer = z.infer<typeof layerSchema>;

export interface StoredWeight {
  readonly shape: readonly number[];
  /** float32, little-endian. */
  readonly bytes: Uint8Array;
}

/** Many times what the largest network needs. */
const MAX_MODEL_BYTES = 1 << 24;
const MAX_VALUES = 200_000;

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.unknown(),
});
// Strict, because a weight with a field more ("quantization") is stored differently.
const weightSchema = z.strictObject({ name: z.string(), shape: z.array(z.int().min(0)), dtype: z.string() });
const groupSchema = z.strictObject({ paths: z.array(z.string()), weights: z.array(z.unknown()) });
const networkSchema = z.object({
  config: z.object({ layers: z.array(z.unknown()), input_layers: z.unknown(), output_layers: z.unknown() }),
});
const modelSchema = z.object({
  modelTopology: z.preprocess(innerModel, networkSchema),
  weightsManifest: z.array(z.unknown()),
});

/**
 * Reads model.json and the weights that it names; `files` are those of its folder by name. Strict: a file that is missing, a byte too few or too many,
 * another type of number, a name twice or a layout that is not that of a LayersModel is a CheckpointError that names it.
 */
export function parseTfjs(files: ReadonlyMap<string, Uint8Array>): StoredModel {
  const { modelTopology, weightsManifest } = parseModel(fileNamed(files, TFJS_MODEL));
  const { layers, input_layers: inputLayers, output_layers: outputLayers } = modelTopology.config;
  const groups = weightsManifest.map((group, index) => fitting(groupSchema, group, `group ${index} of weightsManifest`));
  const paths = groups.flatMap((group) => group.paths);
  if (new Set(paths).size !== paths.length) throw damaged("weightsManifest names a file twice");
  const weights = new Map<string, StoredWeight>();
  for (const group of groups) {
    for (const [name, weight] of groupWeights(group, files)) {
      if (weights.has(name)) throw damaged(`${name}: named twice in weightsManifest`);
      weights.set(name, weight);
    }
  }
  return {
    layers: layers.map((layer, index) => fitting(layerSchema, layer, `layer ${index}`)),
    inputLayers,
    outputLayers,
    weights,
  };
}

function parseModel(bytes: Uint8Array): z.infer<typeof modelSchema> {
  if (bytes.length > MAX_MODEL_BYTES) throw damaged(`${TFJS_MODEL} has ${bytes.length} bytes, more than ${MAX_MODEL_BYTES}`);
  const value = parseStrictJson(bytes, TFJS_MODEL, damaged);
  if (holdsMoreThan(value, MAX_VALUES)) throw damaged(`${TFJS_MODEL} holds more than ${MAX_VALUES} values`);
  return fitting(modelSchema, value, `${TFJS_MODEL}, which is no LayersModel`);
}

/** One layer, weight or group at a time, up to the first that is wrong: a schema of lists would report every one of thousands. */
function fitting<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.infer<Schema> {
  const parsed = parseSafely(schema, value);
  if (!parsed.success) throw damaged(`${what}: ${describeProblems(parsed.error.issues, "all of it")}`);
  return parsed.data;
}

/** Keras itself puts what is needed one level deeper. */
function innerModel(topology: unknown): unknown {
  return typeof topology === "object" && topology !== null && "model_config" in topology ? topology.model_config : topology;
}

/** The weights of a group lie one after the other in its files, put together. */
function groupWeights(group: z.infer<typeof groupSchema>, files: ReadonlyMap<string, Uint8Array>): [string, StoredWeight][] {
  const { paths } = group;
  const weights = group.weights.map((weight, index) => fitting(weightSchema, weight, `weight ${index}`));
  const foreign = weights.find(({ dtype }) => dtype !== "float32");
  if (foreign !== undefined) throw damaged(`${foreign.name}: dtype is "${foreign.dtype}", only "float32" is read`);
  const parts = paths.map((path) => fileNamed(files, path));
  const found = parts.reduce((sum, { length }) => sum + length, 0);
  const needed = weights.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  if (found !== needed)
    throw damaged(`${paths.join(", ")}: ${found} bytes, but the weights that ${TFJS_MODEL} puts there need ${needed}`);
  const bytes = concatBytes(parts);
  let offset = 0;
  return weights.map(({ name, shape }) => {
    const begin = offset;
    offset += 4 * sizeOf(shape);
    return [name, { shape, bytes: bytes.subarray(begin, offset) }];
  });
}

function fileNamed(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw damaged(`there is no file ${name}`);
  return bytes;
}

function damaged(message: string, cause?: unknown): CheckpointError {
  return new CheckpointError(
    `TensorFlow.js model: ${message}`,
    "The files are damaged, incomplete or of another program: use another copy of them.",
    {
      cause,
    },
  );
}
