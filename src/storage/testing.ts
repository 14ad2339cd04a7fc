import type { FolderFile, FolderHandle, FolderWriter, Permission } from "../base/folder-handle";
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
    forkedFrom: null,
    importedFrom: null,
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

/** How a folder of the person's disk misbehaves; shared by all folders below it. */
export interface FolderFaults {
  permission: Permission;
  /** Thrown by whatever touches the disk. */
  fault: Error | null;
  /** Awaited before a file is replaced. */
  slow: Promise<void>;
  /** Whether files can be renamed, which not every browser does. */
  renames: boolean;
}

/** A folder that a person has chosen, in memory. A second writer of one file is a failure. */
export class MemoryFolder implements FolderHandle {
  readonly kind = "directory";
  readonly name: string;
  readonly faults: FolderFaults;
  readonly folders = new Map<string, MemoryFolder>();
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #writing = new Set<string>();

  constructor(name: string, faults: Partial<FolderFaults> = {}) {
    this.name = name;
    this.faults = Object.assign(faults, {
      permission: "granted",
      fault: null,
      slow: Promise.resolve(),
      renames: false,
      ...faults,
    } satisfies FolderFaults);
  }

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<MemoryFolder> {
    this.#touch();
    if (!this.folders.has(name) && options?.create) this.folders.set(name, new MemoryFolder(name, this.faults));
    return this.folders.get(name) ?? notFound(name);
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<FolderFile> {
    this.#touch();
    if (!this.files.has(name) && options?.create) this.files.set(name, new Uint8Array());
    const bytes = (): Uint8Array<ArrayBuffer> => this.files.get(name) ?? notFound(name);
    bytes();
    return {
      getFile: async () => new Blob([bytes()]),
      createWritable: async (writing) => this.#writer(name, writing?.keepExistingData === true ? bytes() : new Uint8Array()),
      move: async (to) => {
        if (!this.faults.renames) throw new DOMException("not here", "NotAllowedError");
        this.files.set(to, bytes());
        this.files.delete(name);
      },
    };
  }

  async *keys(): AsyncGenerator<string> {
    yield* [...this.folders.keys(), ...this.files.keys()];
  }

  async removeEntry(name: string): Promise<void> {
    this.#touch();
    if (!this.files.delete(name) && !this.folders.delete(name)) notFound(name);
  }

  async isSameEntry(other: FolderHandle): Promise<boolean> {
    return other === this;
  }

  async queryPermission(): Promise<Permission> {
    return this.faults.permission;
  }

  #writer(name: string, start: Uint8Array): FolderWriter {
    this.#touch();
    if (this.#writing.has(name)) throw new DOMException(`${name} is being written`, "NoModificationAllowedError");
    this.#writing.add(name);
    let aside = start;
    return {
      write: async ({ position, data }) => {
        const longer = new Uint8Array(Math.max(aside.length, position + data.length));
        longer.set(aside);
        longer.set(data, position);
        aside = longer;
      },
      close: async () => {
        await this.faults.slow;
        this.#touch();
        this.files.set(name, aside.slice());
        this.#writing.delete(name);
      },
      abort: async () => void this.#writing.delete(name),
    };
  }

  #touch(): void {
    if (this.faults.fault !== null) throw this.faults.fault;
  }
}

function notFound(name: string): never {
  throw new DOMException(`there is no ${name}`, "NotFoundError");
}
