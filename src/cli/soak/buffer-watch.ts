/** Buffers of a device since it was watched. */
export interface WatchedBuffers {
  readonly created: number;
  /** Created and not destroyed. */
  readonly alive: number;
}

/** Counts the buffers of a device from now on, those of nobody's memory too. */
export function watchBuffers(device: GPUDevice): WatchedBuffers {
  const counts = { created: 0, alive: 0 };
  const create = device.createBuffer;
  const createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
    const buffer = create.call(device, descriptor);
    const destroy = buffer.destroy;
    let destroyed = false;
    const destroyOnce = (): undefined => {
      if (!destroyed) counts.alive--;
      destroyed = true;
      return destroy.call(buffer);
    };
    Object.defineProperty(buffer, "destroy", { value: destroyOnce });
    counts.created++;
    counts.alive++;
    return buffer;
  };
  Object.defineProperty(device, "createBuffer", { value: createBuffer });
  return counts;
}
