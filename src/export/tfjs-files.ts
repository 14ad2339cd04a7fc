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
const networkSchema = z.object({
  config: z.object({ layers: z.array(layerSchema), input_layers: z.unknown(), output_layers: z.unknown() }),
});
const groupSchema = z.strictObject({
  paths: z.array(z.string()),
  // Strict, because a weight with a field more ("quantization") is stored differently.
  weights: z.array(z.strictObject({ name: z.string(), shape: z.array(z.int().min(0)), dtype: z.string() })),
});
const modelSchema = z.object({
  modelTopology: z.preprocess(innerModel, networkSchema),
  weightsManifest: z.array(groupSchema),
});
type Group = z.infer<typeof groupSchema>;

/**
 * Reads model.json and the weights that it names; `files` are those of its folder by name. Strict: a file that is missing, a byte too few or too many,
 * another type of number, a name twice or a layout that is not that of a LayersModel is a CheckpointError that names it.
 */
export function parseTfjs(files: ReadonlyMap<string, Uint8Array>): StoredModel {
  const { modelTopology, weightsManifest } = parseModel(fileNamed(files, TFJS_MODEL));
  const weights = new Map<string, StoredWeight>();
  const paths = weightsManifest.flatMap((group) => group.paths);
  if (new Set(paths).size !== paths.length) throw damaged("weightsManifest names a file twice");
  for (const group of weightsManifest) {
    for (const [name, weight] of groupWeights(group, files)) {
      if (weights.has(name)) throw damaged(`${name}: named twice in weightsManifest`);
      weights.set(name, weight);
    }
  }
  const { layers, input_layers: inputLayers, output_layers: outputLayers } = modelTopology.config;
  return { layers, inputLayers, outputLayers, weights };
}

function parseModel(bytes: Uint8Array): z.infer<typeof modelSchema> {
  if (bytes.length > MAX_MODEL_BYTES) throw damaged(`${TFJS_MODEL} has ${bytes.length} bytes, more than ${MAX_MODEL_BYTES}`);
  const value = parseStrictJson(bytes, TFJS_MODEL, damaged);
  if (holdsMoreThan(value, MAX_VALUES)) throw damaged(`${TFJS_MODEL} holds more than ${MAX_VALUES} values`);
  const parsed = parseSafely(modelSchema, value);
  if (!parsed.success) throw damaged(`${TFJS_MODEL} is not a LayersModel: ${describeProblems(parsed.error.issues, TFJS_MODEL)}`);
  return parsed.data;
}

/** Keras itself puts what is needed one level deeper. */
function innerModel(topology: unknown): unknown {
  return typeof topology === "object" && topology !== null && "model_config" in topology ? topology.model_config : topology;
}

/** The weights of a group lie one after the other in its files, put together. */
function groupWeights({ paths, weights }: Group, files: ReadonlyMap<string, Uint8Array>): [string, StoredWeight][] {
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
