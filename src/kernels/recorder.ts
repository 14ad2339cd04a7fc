import type { BufferView, DeviceMemory } from "./device-memory";
import { compiled, type Kernel, type Precision } from "./pipelines";

/** A tensor inside a recording: it has memory from the first dispatch that uses it to the last one, shared with others before and after. */
export interface Temporary {
  readonly label: string;
  readonly bytes: number;
}

/** A stretch of a temporary; `offset` (bytes) is a multiple of 256. */
export interface Part {
  readonly of: Temporary;
  readonly offset: number;
  readonly bytes: number;
}

/** What a dispatch binds, in the order of the bindings of group 0. */
export type Operand = BufferView | Temporary | Part;

export interface Dispatch {
  /** Kernel and shape, such as "conv-forward unit_1_0/conv_1 16x32x32x32": names pipeline, bind group and debug group. */
  readonly label: string;
  readonly kernel: Kernel;
  /** How this kernel's activations are stored where that differs from the recording's. */
  readonly precision?: Precision;
  readonly operands: readonly Operand[];
  readonly workgroups: readonly [number, number, number];
}

interface Recorded {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/** Collects the dispatches of a step whose shapes never change. Nothing reaches the device before `finish`. */
export class Recorder {
  readonly memory: DeviceMemory;
  readonly precision: Precision;
  readonly #dispatches: Dispatch[] = [];

  constructor(memory: DeviceMemory, precision: Precision = "f32") {
    this.memory = memory;
    this.precision = precision;
  }

  /** Dispatches recorded so far. */
  get dispatches(): number {
    return this.#dispatches.length;
  }

  /** Bytes of `values` stored activations. */
  activationBytes(values: number): number {
    return values * (this.precision === "f16" ? 2 : 4);
  }

  temporary(label: string, bytes: number): Temporary {
    return { label, bytes };
  }

  dispatch(dispatch: Dispatch): void {
    this.#dispatches.push(dispatch);
  }

  /** Compiles, allocates, binds. */
  async finish(): Promise<Recording> {
    const { device } = this.memory;
    const views = shareMemory(this.memory, this.#dispatches);
    const recorded = this.#dispatches.map(
      async ({ label, kernel, precision = this.precision, operands, workgroups }): Promise<Recorded> => {
        const pipeline = await compiled(device, label, kernel, precision);
        const entries = operands.map((operand, binding) => {
          const { buffer, offset, bytes } = views.of(operand);
          return { binding, resource: { buffer, offset, size: bytes } };
        });
        return {
          pipeline,
          workgroups,
          bindGroup: device.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries }),
        };
      },
    );
    return new Recording(this.memory, await Promise.all(recorded), views.buffers);
  }
}

/** Dispatches ready to run again and again: replaying creates nothing on the device. */
export class Recording {
  readonly #memory: DeviceMemory;
  readonly #dispatches: readonly Recorded[];
  readonly #buffers: readonly BufferView[];

  constructor(memory: DeviceMemory, dispatches: readonly Recorded[], buffers: readonly BufferView[]) {
    this.#memory = memory;
    this.#dispatches = dispatches;
    this.#buffers = buffers;
  }

  get dispatches(): number {
    return this.#dispatches.length;
  }

  /** Runs dispatches `from` up to `to` once, in one submit. */
  submit(from = 0, to = this.#dispatches.length): void {
    const { device } = this.#memory;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = from; i < to; i++) {
      const { pipeline, bindGroup, workgroups } = this.#dispatches[i]!;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    for (const buffer of this.#buffers) this.#memory.release(buffer);
  }
}

/** The temporary an operand is or is part of, null for memory of its own. */
function temporaryOf(operand: Operand): Temporary | null {
  if ("buffer" in operand) return null;
  return "of" in operand ? operand.of : operand;
}

interface SharedMemory {
  readonly buffers: readonly BufferView[];
  of(operand: Operand): BufferView;
}

interface Lifetime {
  readonly temporary: Temporary;
  readonly first: number;
  last: number;
}

/**
 * Gives temporaries whose lifetimes do not overlap the same buffer: largest first, each into the first buffer free all its life.
 * A buffer is never bound twice in one dispatch, because everything a dispatch binds is alive then.
 */
function shareMemory(memory: DeviceMemory, dispatches: readonly Dispatch[]): SharedMemory {
  const slots: { readonly view: BufferView; readonly taken: Lifetime[] }[] = [];
  const views = new Map<Temporary, BufferView>();
  const bySize = lifetimesOf(dispatches).sort((a, b) => b.temporary.bytes - a.temporary.bytes || a.first - b.first);
  for (const lifetime of bySize) {
    const { label, bytes } = lifetime.temporary;
    const free = slots.find(({ taken }) => taken.every((other) => other.last < lifetime.first || lifetime.last < other.first));
    const slot = free ?? { view: memory.allocate(`shared: ${label}`, bytes), taken: [] };
    if (free === undefined) slots.push(slot);
    slot.taken.push(lifetime);
    views.set(lifetime.temporary, { ...slot.view, bytes: Math.max(16, bytes) });
  }
  const of = (operand: Operand): BufferView => {
    if ("buffer" in operand) return operand;
    if ("of" in operand) return { ...views.get(operand.of)!, offset: operand.offset, bytes: operand.bytes };
    return views.get(operand)!;
  };
  return { buffers: slots.map((slot) => slot.view), of };
}

function lifetimesOf(dispatches: readonly Dispatch[]): Lifetime[] {
  const lifetimes = new Map<Temporary, Lifetime>();
  dispatches.forEach(({ operands }, index) => {
    for (const operand of operands) {
      const temporary = temporaryOf(operand);
      if (temporary === null) continue;
      const known = lifetimes.get(temporary);
      if (known === undefined) lifetimes.set(temporary, { temporary, first: index, last: index });
      else known.last = index;
    }
  });
  return [...lifetimes.values()];
}
