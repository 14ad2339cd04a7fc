import { concatBytes } from "../../../src/base/bytes";
import { sizeOf } from "../../../src/base/tensor";
import { decodeHistory, encodeHistory } from "../../../src/engine/assignment-history";
import { type CheckpointOwner, decodeCheckpoint, encodeCheckpoint } from "../../../src/engine/checkpoint";
import { exampleConfig } from "../../../src/engine/testing";
import { decodeSafetensors, encodeSafetensors } from "../../../src/export/safetensors";
import { groupingSpec } from "../../../src/model/build";
import { groupedLayers, groupedSpaces } from "../../../src/model/lookup";
import { exampleRecord } from "../../../src/storage/testing";
import { initialState } from "../../../src/train/state";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { mutateValue } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";

const LENGTH_BYTES = 8;

/** A file of a header of any text and data of any length. */
export function tensorFile(header: string | Uint8Array, data: Uint8Array): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concatBytes([length, text, data]);
}

/** A small file of several tensors, one of them empty. */
export const small = encodeSafetensors(
  new Map([
    ["a/weights", { shape: [2, 3], data: Float32Array.from([1, 2, 3, 5, 7, 11]) }],
    ["scalar", { shape: [], data: Float32Array.of(13) }],
    ["empty", { shape: [0, 4], data: new Float32Array(0) }],
  ]),
  { format: "pt", step: "7" },
);

const owner: CheckpointOwner = {
  stage: "group",
  spec: groupingSpec(exampleConfig, 6),
  run: { ...exampleRecord("fuzzed"), config: exampleConfig },
};
const checkpoint = encodeCheckpoint({ state: { ...initialState(owner.spec, 11), step: 7 }, best: { step: 4, top1: 0.5 } }, owner);

/** Wrong bytes anywhere, or a header that is JSON of the right form with a wrong value, framed well. */
export function fileMutant(file: Uint8Array, draws: Draws): Uint8Array {
  if (draws.chance(0.3)) return mutateBytes(file, draws);
  const end = LENGTH_BYTES + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = file.subarray(LENGTH_BYTES, end);
  const data = file.subarray(end);
  if (draws.chance(0.4)) return tensorFile(mutateBytes(header, draws), data);
  const value: unknown = JSON.parse(new TextDecoder().decode(header));
  return tensorFile(jsonOf(mutateValue(value, draws)), draws.chance(0.2) ? mutateBytes(data, draws) : data);
}

/** JSON of a hostile value; what has no JSON becomes a word, which is none either. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch (error) {
    return String(error);
  }
}

/** What is accepted has the sizes it claims, and comes back when written and read again. */
function decode(bytes: Uint8Array): Attempt {
  return () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    for (const { shape, data } of tensors.values())
      hold(sizeOf(shape) === data.length, "that a tensor has the size of its shape");
    const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
    hold(again.tensors.size === tensors.size, "that as many tensors come back");
    for (const [name, { data }] of tensors) hold(equal(again.tensors.get(name)?.data, data), "that a tensor comes back");
  };
}

function equal(a: Float32Array | undefined, b: Float32Array): boolean {
  return a !== undefined && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const NOTHING = new Uint8Array(0);
const header = (text: string, data = NOTHING): Attempt => decode(tensorFile(text, data));
const tensor = (shape: string, end: number): string => `{"a":{"dtype":"F32","shape":${shape},"data_offsets":[0,${end}]}}`;

export const safetensorsTarget: Target = {
  name: "safetensors",
  mutant: (draws) => decode(fileMutant(small, draws)),
  bombs: {
    "a header of 2^64 bytes": () => decode(new Uint8Array(16).fill(0xff)),
    "a header of 100 MB in a file of 16 bytes": () =>
      decode(concatBytes([Uint8Array.of(0, 0xe1, 0xf5, 5, 0, 0, 0, 0), new Uint8Array(8)])),
    "a tensor of 2^53 values": () => header(tensor("[9007199254740991]", 0)),
    "a shape whose size is infinite": () => header(tensor(`[${new Array(100).fill(9007199254740991).join()}]`, 0)),
    "a shape of infinite size times zero": () => header(tensor(`[${new Array(100).fill(9007199254740991).join()},0]`, 0)),
    "a shape of 300,000 sizes": () => header(tensor(`[${new Array(300_000).fill(1).join()}]`, 8), new Uint8Array(8)),
    "a shape of a million lists in lists": () => header(tensor("[".repeat(500_000) + "]".repeat(500_000), 0)),
    "a dtype of a million lists in lists": () =>
      header(`{"a":{"dtype":${"[".repeat(500_000)}${"]".repeat(500_000)},"shape":[],"data_offsets":[0,4]}}`),
    "a dtype of 1 MB": () => header(`{"a":{"dtype":"${"F".repeat(1_000_000)}","shape":[],"data_offsets":[0,4]}}`),
    "a name of 1 MB": () => header(`{"${"n".repeat(1_000_000)}":{}}`),
    "a field of 1 MB": () => header(`{"a":{"${"n".repeat(1_000_000)}":{}}}`),
    "metadata that is not text under a key of 1 MB": () => header(`{"__metadata__":{"${"n".repeat(1_000_000)}":1}}`),
    "a key and 1 MB of spaces": () => header(`{"a"${" ".repeat(1_000_000)}:1}`),
    "a name twice, with 2 kB of spaces before its colon": () =>
      header(
        `{"a"${" ".repeat(2000)}:{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`,
      ),
    "100,000 tensors of nothing": () => header(`{${Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join()}}`),
    "a million quotes": () => header(`{"a":"${'\\"'.repeat(500_000)}`),
  },
};

const history = encodeHistory(
  [0, 3, 7].map((step) => {
    const spaces = groupedSpaces(owner.spec).map(
      ({ name, groups, size }) =>
        [name, { shape: [groups, size], data: new Float32Array(groups * size).fill(1 / groups) }] as const,
    );
    const layers = groupedLayers(owner.spec).map(
      ({ name, groups }) => [name, { shape: [groups, groups], data: new Float32Array(groups * groups).fill(step) }] as const,
    );
    return { step, assignments: new Map(spaces), blocks: step === 0 ? null : new Map(layers) };
  }),
);

export const historyTarget: Target = {
  name: "assignments over time",
  mutant: (draws) => {
    const mutant = fileMutant(history, draws);
    return () => {
      const steps = decodeHistory(mutant, owner.spec).map(({ step }) => step);
      hold(
        steps.every((step, index) => index === 0 || step > steps[index - 1]!),
        "that steps ascend",
      );
    };
  },
  bombs: {
    "a million steps": () => {
      const { tensors, metadata } = decodeSafetensors(history);
      const file = encodeSafetensors(tensors, {
        ...metadata,
        steps: `[${Array.from({ length: 1_000_000 }, (_, step) => step)}]`,
      });
      return () => decodeHistory(file, owner.spec);
    },
    "steps in a million lists": () => {
      const { tensors, metadata } = decodeSafetensors(history);
      const file = encodeSafetensors(tensors, { ...metadata, steps: "[".repeat(1_000_000) });
      return () => decodeHistory(file, owner.spec);
    },
  },
};

export const checkpointTarget: Target = {
  name: "checkpoint",
  mutant: (draws) => {
    const mutant = fileMutant(checkpoint, draws);
    return () => {
      const { step, parameters, momentum } = decodeCheckpoint(mutant, owner).state;
      hold(Number.isSafeInteger(step) && step >= 0, "that a step is a whole number");
      hold(parameters.size === momentum.size, "that every parameter has its momentum");
    };
  },
  bombs: {
    "metadata fields of 1 MB": () => {
      const wrong = JSON.stringify({ __metadata__: { format: "x".repeat(1_000_000), step: "y".repeat(1_000_000) } });
      return () => decodeCheckpoint(tensorFile(wrong, NOTHING), owner);
    },
    "a network of a name of 1 MB": () => {
      const text = new TextDecoder().decode(checkpoint.subarray(LENGTH_BYTES)).split("}")[0]!;
      const wrong = `${text.replace(/"network":"[^"]*"/, `"network":"${"n".repeat(1_000_000)}"`)}}}`;
      return () => decodeCheckpoint(tensorFile(wrong, NOTHING), owner);
    },
  },
};
