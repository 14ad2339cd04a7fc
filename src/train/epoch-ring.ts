import { epochOrder } from "../data/batches";
import type { BufferView, DeviceMemory } from "../kernels/device-memory";

/**
 * The order of the examples on the device: as many epochs as a batch can touch, one after the other in a ring. The processor writes an
 * epoch's order once, when the first step needs it.
 */
export class EpochRing {
  readonly view: BufferView;
  /** Indices in the ring. */
  readonly length: number;
  readonly #memory: DeviceMemory;
  readonly #train: Uint32Array;
  readonly #seed: number;
  readonly #batch: number;
  readonly #epochs: number;
  /** Epoch that each place of the ring holds. */
  readonly #held: number[];

  /** `train` lists the training examples; orders are functions of `seed` and the epoch's number. */
  constructor(memory: DeviceMemory, train: Uint32Array, seed: number, batch: number) {
    this.#memory = memory;
    this.#train = train;
    this.#seed = seed;
    this.#batch = batch;
    this.#epochs = Math.ceil(batch / train.length) + 1;
    this.#held = new Array<number>(this.#epochs).fill(-1);
    this.length = this.#epochs * train.length;
    this.view = memory.allocate("order of the examples", 4 * this.length);
  }

  /** Where the batch of a step starts; its epochs are in the ring for everything submitted afterwards. */
  startOf(step: number): number {
    const count = this.#train.length;
    const first = step * this.#batch;
    const lastEpoch = Math.floor((first + this.#batch - 1) / count);
    for (let epoch = Math.floor(first / count); epoch <= lastEpoch; epoch++) this.#hold(epoch);
    return first % this.length;
  }

  #hold(epoch: number): void {
    const place = epoch % this.#epochs;
    if (this.#held[place] === epoch) return;
    this.#held[place] = epoch;
    const order = epochOrder(this.#train, this.#seed, epoch);
    this.#memory.device.queue.writeBuffer(this.view.buffer, 4 * place * order.length, order);
  }
}
