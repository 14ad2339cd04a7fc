import { z } from "zod";
import { CheckpointError } from "../base/errors";
import { parseSafely } from "../base/problems";
import type { HostTensor } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { groupedSpaces } from "../model/lookup";
import type { ModelSpec } from "../model/spec";

/** File of a run with its assignments over the steps of stage 1. */
export const HISTORY_FILE = "assignments.safetensors";

/** Assignment probabilities [groups, size] by space after so many steps. */
export interface AssignmentSnapshot {
  readonly step: number;
  readonly assignments: ReadonlyMap<string, HostTensor>;
}

const FORMAT = "splitnet-assignments";
const VERSION = "1";
/** Far more than are ever kept. */
const MOST_STEPS = 10_000;
const PREFIX = "space/";

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

/** Snapshots as a safetensors file: `space/<name>` [snapshots, groups, size], their steps as metadata. */
export function encodeHistory(snapshots: readonly AssignmentSnapshot[]): Uint8Array<ArrayBuffer> {
  const spaces = [...(snapshots[0]?.assignments ?? [])];
  const tensors = spaces.map(([name, { shape, data }]): [string, HostTensor] => {
    const all = new Float32Array(snapshots.length * data.length);
    snapshots.forEach(({ assignments }, index) => {
      all.set(assignments.get(name)!.data, index * data.length);
    });
    return [`${PREFIX}${name}`, { shape: [snapshots.length, ...shape], data: all }];
  });
  const steps = JSON.stringify(snapshots.map(({ step }) => step));
  return encodeSafetensors(new Map(tensors), { format: FORMAT, version: VERSION, steps });
}

const metadataSchema = z.object({ format: z.literal(FORMAT), version: z.literal(VERSION), steps: z.string() });
const stepsSchema = z
  .array(z.int().min(0))
  .max(MOST_STEPS)
  .refine((steps) => steps.every((step, index) => index === 0 || step > steps[index - 1]!), "steps do not ascend");

/** Reads the snapshots of `dense`'s grouped spaces; throws CheckpointError where they are not of that network. */
export function decodeHistory(bytes: Uint8Array, dense: ModelSpec): readonly AssignmentSnapshot[] {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const labels = metadataSchema.safeParse(metadata).data ?? foreign("it is no file of this version of the studio");
  const parsed = parseSafely(stepsSchema, parseJson(labels.steps));
  if (!parsed.success) return foreign("its steps are no list of ascending steps");
  const steps = parsed.data;
  if (steps.length === 0) return [];
  const spaces = groupedSpaces(dense);
  if (tensors.size !== spaces.length) foreign(`it has ${tensors.size} spaces, the network has ${spaces.length}`);
  for (const { name, groups, size } of spaces) {
    const shape = tensors.get(`${PREFIX}${name}`)?.shape ?? foreign(`it lacks the space ${name}`);
    if (shape.join() !== [steps.length, groups, size].join()) foreign(`${name} has shape [${shape.join(", ")}]`);
  }
  return steps.map((step, index) => ({
    step,
    assignments: new Map(
      spaces.map(({ name, groups, size }) => {
        const { data } = tensors.get(`${PREFIX}${name}`)!;
        const length = groups * size;
        return [name, { shape: [groups, size], data: data.slice(index * length, (index + 1) * length) }];
      }),
    ),
  }));
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
