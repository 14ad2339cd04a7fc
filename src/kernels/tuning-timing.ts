import { type BufferView, type DeviceMemory, readBack } from "./device-memory";
import { compiled, type Precision } from "./pipelines";
import { type Dispatch, Recorder } from "./recorder";

/** Dispatches over buffers of their own, ready to be timed. */
export interface TimedWork {
  encode(pass: GPUComputePassEncoder): void;
}

/** Shorter runs are repeated: browsers round timestamps to 0.1 ms, and a wall clock counts the way to the device. */
const LEAST_MS = 2;
const MOST_REPEATS = 1024;
const TIMESTAMP_BYTES = 16;

/** Keeps what is recorded for itself. */
class DispatchList extends Recorder {
  readonly list: Dispatch[] = [];

  override dispatch(dispatch: Dispatch): void {
    this.list.push(dispatch);
  }
}

/** Compiles what `record` records; it may bind buffers only, no temporaries. */
export async function timedWork(
  memory: DeviceMemory,
  precision: Precision,
  record: (recorder: Recorder) => void,
): Promise<TimedWork> {
  const { device } = memory;
  const recorder = new DispatchList(memory, precision);
  record(recorder);
  const ready = recorder.list.map(async ({ label, kernel, operands, workgroups, precision: own = precision }) => {
    const pipeline = await compiled(device, label, kernel, own);
    const entries = operands.map((operand, binding) => {
      if (!("buffer" in operand)) throw new TypeError(`${label}: only buffers can be timed`);
      return { binding, resource: { buffer: operand.buffer, offset: operand.offset, size: operand.bytes } };
    });
    const bindGroup = device.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries });
    return { pipeline, bindGroup, workgroups };
  });
  const dispatches = await Promise.all(ready);
  return {
    encode(pass) {
      for (const { pipeline, bindGroup, workgroups } of dispatches) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
      }
    },
  };
}

/** Times work on the device: by its own timestamps where it has them, else by the clock around a submit. */
export class DispatchTimer {
  readonly #device: GPUDevice;
  readonly #querySet: GPUQuerySet | null;
  readonly #stamps: BufferView | null;
  /** Milliseconds that the clock counts for nothing at all. */
  #overheadMs = 0;

  private constructor(memory: DeviceMemory) {
    this.#device = memory.device;
    const stamped = memory.device.features.has("timestamp-query");
    this.#querySet = stamped ? memory.device.createQuerySet({ label: "tuning", type: "timestamp", count: 2 }) : null;
    const usage = stamped ? GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC : 0;
    this.#stamps = stamped ? memory.allocate("timestamps", TIMESTAMP_BYTES, usage) : null;
  }

  /** The caller disposes the memory, and the timer before it. */
  static async open(memory: DeviceMemory): Promise<DispatchTimer> {
    const timer = new DispatchTimer(memory);
    const nothing: TimedWork = { encode: () => {} };
    await timer.#elapsed(nothing, 1);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) times.push((await timer.#elapsed(nothing, 1)).wallMs);
    timer.#overheadMs = median(times);
    return timer;
  }

  dispose(): void {
    this.#querySet?.destroy();
  }

  /** Milliseconds of one run, repeated until they can be told from nothing. */
  async measure(work: TimedWork): Promise<number> {
    for (let repeats = 1; ; repeats *= 4) {
      const { wallMs, deviceMs } = await this.#elapsed(work, repeats);
      if (deviceMs !== null && deviceMs >= LEAST_MS) return deviceMs / repeats;
      const clockMs = Math.max(0, wallMs - this.#overheadMs);
      const told = deviceMs === null && clockMs >= Math.max(LEAST_MS, 2 * this.#overheadMs);
      if (told || repeats >= MOST_REPEATS) return (deviceMs ?? clockMs) / repeats;
    }
  }

  /** Device time is null where there is none or it makes no sense. */
  async #elapsed(work: TimedWork, repeats: number): Promise<{ readonly wallMs: number; readonly deviceMs: number | null }> {
    const encoder = this.#device.createCommandEncoder({ label: "tuning" });
    const querySet = this.#querySet;
    const pass = encoder.beginComputePass(
      querySet === null ? {} : { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } },
    );
    for (let i = 0; i < repeats; i++) work.encode(pass);
    pass.end();
    if (querySet !== null && this.#stamps !== null) encoder.resolveQuerySet(querySet, 0, 2, this.#stamps.buffer, 0);
    const started = performance.now();
    this.#device.queue.submit([encoder.finish()]);
    await this.#device.queue.onSubmittedWorkDone();
    const wallMs = performance.now() - started;
    if (this.#stamps === null) return { wallMs, deviceMs: null };
    const [begin, end] = new BigInt64Array(await readBack(this.#device, { ...this.#stamps, bytes: TIMESTAMP_BYTES }));
    const deviceMs = Number(end! - begin!) / 1e6;
    // Some drivers reset their counter between passes, or do not count at all.
    return { wallMs, deviceMs: deviceMs >= 0 && deviceMs <= wallMs ? deviceMs : null };
  }
}

/** The middle of an odd number of values, else the upper of the middle two. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
