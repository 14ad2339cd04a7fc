import type { BufferView, DeviceMemory } from "./device-memory";

/** What changes from step to step: the one thing the processor sends (step-state.wgsl). */
export interface StepState {
  /** Steps done before this one: a counter word of every random draw. */
  readonly step: number;
  readonly learningRate: number;
  /** Where this step's batch starts in the ring of two epochs' orders. */
  readonly orderStart: number;
  /** Row of the metrics ring that this step writes. */
  readonly metricsRow: number;
  readonly dropoutSeed: number;
  readonly augmentSeed: number;
}

const BYTES = 32;

/** The uniform buffer that kernels bind as `var<uniform> state: StepState`. */
export class StepStateBuffer {
  readonly view: BufferView;
  readonly #queue: GPUQueue;
  readonly #bytes = new DataView(new ArrayBuffer(BYTES));

  constructor(memory: DeviceMemory) {
    this.#queue = memory.device.queue;
    this.view = memory.allocate("step state", BYTES, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  /** Takes effect for everything submitted afterwards. */
  write({ step, learningRate, orderStart, metricsRow, dropoutSeed, augmentSeed }: StepState): void {
    this.#bytes.setUint32(0, step, true);
    this.#bytes.setFloat32(4, learningRate, true);
    [orderStart, metricsRow, dropoutSeed, augmentSeed].forEach((word, i) => {
      this.#bytes.setUint32(8 + 4 * i, word, true);
    });
    this.#queue.writeBuffer(this.view.buffer, 0, this.#bytes.buffer);
  }
}
