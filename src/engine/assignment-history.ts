import { z } from "zod";
import { CheckpointError } from "../base/errors";
import { type Migration, migrated } from "../base/migrations";
import { parseSafely } from "../base/problems";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { groupedLayers, groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";

/** File of a run with its assignments, and the masses of its blocks, over the steps of stage 1. */
export const HISTORY_FILE = "assignments.safetensors";

/** How the groups stood after so many steps. */
export interface AssignmentSnapshot {
  readonly step: number;
  /** Probabilities [groups, size] by space. */
  readonly assignments: ReadonlyMap<string, HostTensor>;
  /** Block masses [groups, groups] by layer; null where version 1 of the file kept none. */
  readonly blocks: ReadonlyMap<string, HostTensor> | null;
}

const FORMAT = "splitnet-assignments";
/** Version 1 kept no block masses. */
const MIGRATIONS: readonly Migration<Readonly<Record<string, string>>>[] = [
  (first) => ({ ...first, version: "2", blockSteps: "[]" }),
];
/** Far more than are ever kept. */
const MOST_STEPS = 10_000;
const PREFIX = "space/";
const BLOCK_PREFIX = "blocks/";

/** Snapshots in the order of their steps. */
export class AssignmentHistory {
  #snapshots: readonly AssignmentSnapshot[];

  constructor(snapshots: readonly AssignmentSnapshot[]) {
    this.#snapshots = snapshots;
  }

  get snapshots(): readonly AssignmentSnapshot[] {
    return this.#snapshots;
  }

  /** Those of the same step and later ones give way: the stage was resumed before them. */
  add(snapshot: AssignmentSnapshot): void {
    this.rewind(snapshot.step - 1);
    this.#snapshots = [...this.#snapshots, snapshot];
  }

  /** Drops what comes after that step. */
  rewind(step: number): void {
    this.#snapshots = this.#snapshots.filter((snapshot) => snapshot.step <= step);
  }
}

/**
 * Snapshots as a safetensors file: `space/<name>` [snapshots, groups, size], `blocks/<layer>` [snapshots with blocks, groups, groups]; the steps
 * of either as metadata.
 */
export function encodeHistory(snapshots: readonly AssignmentSnapshot[]): Uint8Array<ArrayBuffer> {
  const withBlocks = snapshots.flatMap(({ step, blocks }) => (blocks === null ? [] : [{ step, blocks }]));
  const tensors = [
    ...stacked(
      PREFIX,
      snapshots.map(({ assignments }) => assignments),
    ),
    ...stacked(
      BLOCK_PREFIX,
      withBlocks.map(({ blocks }) => blocks),
    ),
  ];
  const stepsOf = (moments: readonly { readonly step: number }[]): string => JSON.stringify(moments.map(({ step }) => step));
  return encodeSafetensors(new Map(tensors), {
    format: FORMAT,
    version: String(MIGRATIONS.length + 1),
    steps: stepsOf(snapshots),
    blockSteps: stepsOf(withBlocks),
  });
}

/** Tensors of the same names and shapes, one tensor a name with the moments as its first axis. */
function stacked(prefix: string, moments: readonly ReadonlyMap<string, HostTensor>[]): [string, HostTensor][] {
  return [...(moments[0] ?? [])].map(([name, { shape, data }]) => {
    const all = new Float32Array(moments.length * data.length);
    moments.forEach((moment, index) => {
      all.set(moment.get(name)!.data, index * data.length);
    });
    return [`${prefix}${name}`, { shape: [moments.length, ...shape], data: all }];
  });
}

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(String(MIGRATIONS.length + 1)),
  steps: z.string(),
  blockSteps: z.string(),
});
const stepsSchema = z
  .array(z.int().min(0))
  .max(MOST_STEPS)
  .refine((steps) => steps.every((step, index) => index === 0 || step > steps[index - 1]!), "steps do not ascend");

/** Reads the snapshots of `dense`'s grouped spaces and layers; throws CheckpointError where they are not of that network. */
export function decodeHistory(bytes: Uint8Array, dense: ModelSpec): readonly AssignmentSnapshot[] {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const newest = migrated(metadata, Number(metadata.version), MIGRATIONS);
  const labels = metadataSchema.safeParse(newest).data ?? foreign("it is no file of this version of the studio");
  const steps = parsedSteps(labels.steps);
  const blockSteps = parsedSteps(labels.blockSteps);
  if (blockSteps.some((step) => !steps.includes(step))) foreign("it has block masses of steps without assignments");
  const spaces = groupedSpaces(dense).map(({ name, groups, size }): Entry => [name, [groups, size]]);
  const layers = groupedLayers(dense).map(({ name, groups }): Entry => [name, [groups, groups]]);
  const assignments = moments(tensors, PREFIX, spaces, steps.length);
  const blocks = moments(tensors, BLOCK_PREFIX, layers, blockSteps.length);
  const expected = (steps.length > 0 ? spaces.length : 0) + (blockSteps.length > 0 ? layers.length : 0);
  if (tensors.size !== expected) foreign(`it has ${tensors.size} tensors instead of ${expected}`);
  return steps.map((step, index) => {
    const place = blockSteps.indexOf(step);
    return { step, assignments: assignments[index]!, blocks: place < 0 ? null : blocks[place]! };
  });
}

/** A tensor's name and its shape at one moment. */
type Entry = readonly [name: string, shape: readonly [number, number]];

/** The tensors of each of `count` moments. */
function moments(
  tensors: NamedTensors,
  prefix: string,
  entries: readonly Entry[],
  count: number,
): ReadonlyMap<string, HostTensor>[] {
  if (count === 0) return [];
  const read = entries.map(([name, shape]) => {
    const tensor = tensors.get(`${prefix}${name}`) ?? foreign(`it lacks ${prefix}${name}`);
    if (tensor.shape.join() !== [count, ...shape].join()) foreign(`${name} has shape [${tensor.shape.join(", ")}]`);
    return { name, shape, data: tensor.data };
  });
  return Array.from({ length: count }, (_, index) => {
    const part = ({ name, shape, data }: (typeof read)[number]): [string, HostTensor] => {
      const length = shape[0] * shape[1];
      return [name, { shape, data: data.slice(index * length, (index + 1) * length) }];
    };
    return new Map(read.map(part));
  });
}

function parsedSteps(text: string): readonly number[] {
  const parsed = parseSafely(stepsSchema, parseJson(text));
  return parsed.success ? parsed.data : foreign("its steps are no list of ascending steps");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function foreign(cause: string): never {
  throw new CheckpointError(
    `${HISTORY_FILE} does not belong to this run: ${cause}`,
    "Remove the file: only the pictures of how the groups formed are lost with it.",
  );
}
