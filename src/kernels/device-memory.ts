import { DeviceError } from "../base/errors";

/** Bytes of one buffer on the device: what a kernel binds. `offset` is a multiple of 256. */
export interface BufferView {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

// A function, because in Node the constants exist only once a device does.
const storageUsage = (): GPUBufferUsageFlags => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
/** Buffers start at multiples of this many bytes when they share one; WebGPU's own rule for bindings. */
const VIEW_ALIGNMENT = 256;

/** All buffers of all memories on a device. */
export interface HeldMemory {
  readonly bytes: number;
  readonly buffers: number;
}

const held = new WeakMap<GPUDevice, HeldMemory>();

export function memoryOn(device: GPUDevice): HeldMemory {
  return held.get(device) ?? { bytes: 0, buffers: 0 };
}

/** Bytes of them. */
export function bytesOn(device: GPUDevice): number {
  return memoryOn(device).bytes;
}

/** Owns buffers on a device and counts their bytes. */
export class DeviceMemory {
  readonly device: GPUDevice;
  readonly #buffers = new Map<GPUBuffer, number>();
  #bytes = 0;
  #peakBytes = 0;
  #created = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** Bytes of all buffers that exist now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Largest value that `bytes` ever had. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Buffers created so far. */
  get created(): number {
    return this.#created;
  }

  /** A storage buffer of zeros, at least `bytes` long. Throws DeviceError where it is larger than the device allows. */
  allocate(label: string, bytes: number, usage: GPUBufferUsageFlags = storageUsage()): BufferView {
    const size = Math.max(16, align(bytes, 16));
    const { maxBufferSize } = this.device.limits;
    if (size > maxBufferSize) {
      throw new DeviceError(
        `${label} needs ${size} bytes in one buffer, and this device allows ${maxBufferSize}`,
        "Use a smaller batch or a narrower network.",
      );
    }
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#buffers.set(buffer, size);
    this.#created++;
    this.#count(size, 1);
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return { buffer, offset: 0, bytes: size };
  }

  /** A buffer with a copy of `data`. */
  upload(
    label: string,
    data: Float32Array | Uint32Array | Int32Array | Uint8Array,
    usage: GPUBufferUsageFlags = storageUsage(),
  ): BufferView {
    const view = this.allocate(label, data.byteLength, usage);
    const whole = data.byteLength % 4 === 0 ? data : padded(data);
    this.device.queue.writeBuffer(view.buffer, 0, whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
    return view;
  }

  /** A uniform buffer of 32-bit words. */
  uploadUniform(label: string, words: readonly number[]): BufferView {
    const padded = new Uint32Array(align(words.length, 4));
    padded.set(words);
    return this.upload(label, padded, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  release(view: BufferView): void {
    const size = this.#buffers.get(view.buffer);
    if (size === undefined) return;
    this.#buffers.delete(view.buffer);
    this.#count(-size, -1);
    view.buffer.destroy();
  }

  #count(bytes: number, buffers: number): void {
    this.#bytes += bytes;
    const before = memoryOn(this.device);
    held.set(this.device, { bytes: before.bytes + bytes, buffers: before.buffers + buffers });
  }

  dispose(): void {
    for (const buffer of [...this.#buffers.keys()]) this.release({ buffer, offset: 0, bytes: 0 });
  }
}

/** The next multiple of `step` at or above `value`. */
export function align(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Where consecutive views of these sizes (bytes) start in one buffer, and the bytes of all of them. */
export function layOut(sizes: readonly number[]): { readonly offsets: readonly number[]; readonly bytes: number } {
  let bytes = 0;
  const offsets = sizes.map((size) => {
    const offset = bytes;
    bytes = align(offset + size, VIEW_ALIGNMENT);
    return offset;
  });
  return { offsets, bytes };
}

function padded(data: Float32Array | Uint32Array | Int32Array | Uint8Array): Uint8Array {
  const whole = new Uint8Array(align(data.byteLength, 4));
  whole.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return whole;
}

/** Copies bytes of the device to the host; waits for everything submitted before. */
export async function readBack(device: GPUDevice, { buffer, offset, bytes }: BufferView): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    label: "read-back",
    size: bytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder({ label: "read-back" });
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
