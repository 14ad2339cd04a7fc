import { presetConfig } from "../model/presets";
import type { RunRecord, StepMetric, TrainingStage, ValidationMetric } from "../model/run";
import type { ByteArea } from "./byte-area";
import type { StoredFile } from "./stores";

/** Values and faulty parts for tests of storage; never in the bundle. */

export function exampleRecord(id: string, createdAt = 1000): RunRecord {
  return {
    id,
    createdAt,
    config: presetConfig("tiny"),
    datasetId: "d".repeat(64),
    datasetSource: "sample data",
    classes: ["a", "b", "c", "d"],
    superclasses: ["x", "y"],
    superclassOf: [0, 0, 1, 1],
    phase: "grouping",
    checkpointStep: 0,
    evaluated: false,
    resumes: [],
    failure: null,
  };
}

export function stepMetric(stage: TrainingStage, step: number): StepMetric {
  const terms = { crossEntropy: 3 / (step + 1), l2: 0.5, overlap: 0.25, weightSplit: 0.75, uniform: 0.125, total: 4.5 };
  return { kind: "step", stage, step, learningRate: 0.1, accuracy: 0.3, time: 1000 + step, ...terms };
}

export function validationMetric(stage: TrainingStage, step: number): ValidationMetric {
  return { kind: "validation", stage, step, loss: 1.5, top1: 0.5, top5: 0.75, time: 2000 + step };
}

/** The bytes of a file as read back, null where there is no good copy. */
export async function contents(file: Promise<StoredFile | null>): Promise<Uint8Array | null> {
  return (await file)?.bytes ?? null;
}

/** An area in memory whose operations can be made to fail, and whose bytes can be damaged. */
export class MemoryArea implements ByteArea {
  readonly files = new Map<string, Uint8Array>();
  /** Operations that still succeed; the next one throws, once. */
  operationsLeft = Number.POSITIVE_INFINITY;
  /** Damages what is written, as a bad disk does. */
  corruptsWrites = false;

  async has(folder: string, name: string): Promise<boolean> {
    return this.files.has(`${folder}/${name}`);
  }

  async read(folder: string, name: string): Promise<Uint8Array | null> {
    return this.files.get(`${folder}/${name}`)?.slice() ?? null;
  }

  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    this.#count();
    const stored = bytes.slice();
    if (this.corruptsWrites) stored[0] = (stored[0] ?? 0) ^ 255;
    this.files.set(`${folder}/${name}`, stored);
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    this.#count();
    const bytes = this.files.get(`${folder}/${from}`);
    if (bytes === undefined) return;
    this.files.delete(`${folder}/${from}`);
    this.files.set(`${folder}/${to}`, bytes);
  }

  async remove(folder: string, name: string): Promise<void> {
    this.#count();
    this.files.delete(`${folder}/${name}`);
  }

  async removeFolder(folder: string): Promise<void> {
    this.#count();
    for (const path of this.files.keys()) if (path.startsWith(`${folder}/`)) this.files.delete(path);
  }

  async sizeOf(folder: string): Promise<number> {
    return [...this.files].reduce((sum, [path, bytes]) => sum + (path.startsWith(`${folder}/`) ? bytes.length : 0), 0);
  }

  #count(): void {
    if (this.operationsLeft === 0) {
      this.operationsLeft = Number.POSITIVE_INFINITY;
      throw new Error("the process was killed here");
    }
    this.operationsLeft--;
  }
}
