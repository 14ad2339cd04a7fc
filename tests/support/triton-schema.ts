import type { TextMessage, TextValue } from "./text-format";

/**
 * The messages and fields that our configurations use, as model_config.proto of triton-inference-server/common has them (commit
 * 83adf7cf88a2f343005974dff3728be746de2d66, July 2026): type, after "repeated" where there may be many.
 */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ModelConfig: {
    name: "string",
    platform: "string",
    backend: "string",
    max_batch_size: "int32",
    input: "repeated ModelInput",
    output: "repeated ModelOutput",
    dynamic_batching: "ModelDynamicBatching",
    ensemble_scheduling: "ModelEnsembling",
    instance_group: "repeated ModelInstanceGroup",
  },
  ModelInput: { name: "string", data_type: "DataType", dims: "repeated int64" },
  ModelOutput: { name: "string", data_type: "DataType", dims: "repeated int64" },
  ModelInstanceGroup: { kind: "Kind", count: "int32", gpus: "repeated int32" },
  ModelDynamicBatching: { max_queue_delay_microseconds: "uint64" },
  ModelEnsembling: { step: "repeated Step" },
  Step: { model_name: "string", model_version: "int64", input_map: "repeated MapEntry", output_map: "repeated MapEntry" },
  // What map<string, string> is in text.
  MapEntry: { key: "string", value: "string" },
};
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  DataType: ["TYPE_BOOL", "TYPE_UINT8", "TYPE_INT32", "TYPE_INT64", "TYPE_FP16", "TYPE_FP32", "TYPE_FP64", "TYPE_STRING"],
  Kind: ["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"],
};
const LIMITS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};
/** Of these a configuration has one at most. */
const SCHEDULING_CHOICE = ["dynamic_batching", "sequence_batching", "ensemble_scheduling"];

/** A checked message: repeated fields as lists, numbers as numbers, enumerations by name. */
export interface Checked {
  readonly [field: string]: string | number | Checked | readonly (string | number | Checked)[];
}

/** Throws where the text has a field, a type or a value that the schema does not have, or a field twice that may be there once. */
export function checkedModelConfig(message: TextMessage): Checked {
  const choices = SCHEDULING_CHOICE.filter((field) => message.fields.has(field));
  if (choices.length > 1) throw new Error(`ModelConfig: ${choices.join(" and ")} exclude each other`);
  return checked(message, "ModelConfig");
}

function checked({ fields }: TextMessage, type: string): Checked {
  return Object.fromEntries(
    [...fields].map(([field, values]) => {
      const declared = MESSAGES[type]![field];
      if (declared === undefined) throw new Error(`${type}: no field ${field}`);
      const single = declared.replace("repeated ", "");
      const read = values.map((value) => checkedValue(value, single, `${type}.${field}`));
      if (single !== declared) return [field, read];
      if (read.length !== 1) throw new Error(`${type}.${field}: ${read.length} values`);
      return [field, read[0]!];
    }),
  );
}

function checkedValue(value: TextValue, type: string, path: string): string | number | Checked {
  if (type in MESSAGES && value.kind === "message") return checked(value.message, type);
  if (type === "string" && value.kind === "string") return value.text;
  if (ENUMS[type] !== undefined && value.kind === "word" && ENUMS[type].includes(value.text)) return value.text;
  const limits = LIMITS[type];
  if (limits !== undefined && value.kind === "number" && /^-?\d+$/.test(value.text)) {
    const number = BigInt(value.text);
    if (number >= limits[0] && number <= limits[1]) return Number(number);
  }
  throw new Error(`${path}: ${value.kind === "message" ? "a message" : value.text} is no ${type}`);
}
