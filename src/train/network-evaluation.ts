import { recordEvaluationBatch } from "../kernels/batch";
import { type BufferView, readBack } from "../kernels/device-memory";
import { recordAddBias } from "../kernels/loss";
import type { Precision } from "../kernels/pipelines";
import { Recorder, type Recording } from "../kernels/recorder";
import type { ResidentImages } from "../kernels/resident-images";
import { type StepState, StepStateBuffer } from "../kernels/step-state";
import type { DenseLayer } from "../model/spec";
import { type PassOptions, recordForward } from "./forward-recording";
import { fuse } from "./fused-graph";
import type { NetworkBuffers } from "./network-buffers";

export interface EvaluationSetup {
  readonly images: ResidentImages;
  readonly batch: number;
  /** What batch norm normalises by; neither moves the running statistics. */
  readonly mode: Exclude<PassOptions["mode"], "training">;
  readonly whiteningGuard: number;
  /** 1 except in published fidelity, which validates with dropout on. */
  readonly dropoutKeep: number;
  readonly precision: Precision;
}

export interface EvaluationRequest {
  readonly indices: Uint32Array;
  /** `classOrder[position]` is the class of that logit. */
  readonly classOrder: readonly number[];
  /** Seed and step of dropout, where there is any. */
  readonly draw?: Pick<StepState, "step" | "dropoutSeed">;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Batches on the device at a time: one computes while the next is prepared. */
const BATCHES_IN_FLIGHT = 2;

/** The network without its training, recorded once for batches of one size; a last batch that is shorter is filled from the first images on. */
export class NetworkEvaluation {
  readonly #network: NetworkBuffers;
  readonly #setup: EvaluationSetup;
  readonly #recording: Recording;
  readonly #indices: BufferView;
  readonly #logits: BufferView;
  readonly #state: StepStateBuffer;
  readonly #labels: BufferView;

  private constructor(
    network: NetworkBuffers,
    setup: EvaluationSetup,
    parts: { recording: Recording; indices: BufferView; logits: BufferView; state: StepStateBuffer; labels: BufferView },
  ) {
    this.#network = network;
    this.#setup = setup;
    this.#recording = parts.recording;
    this.#indices = parts.indices;
    this.#logits = parts.logits;
    this.#state = parts.state;
    this.#labels = parts.labels;
  }

  static async prepare(network: NetworkBuffers, setup: EvaluationSetup): Promise<NetworkEvaluation> {
    const { memory, spec } = network;
    const { images, batch, mode, whiteningGuard, dropoutKeep, precision } = setup;
    const recorder = new Recorder(memory, precision);
    const state = new StepStateBuffer(memory);
    const nodes = fuse(spec);
    const head = nodes.at(-1)!;
    const classes = network.channelsOf(head.output).size;
    const indices = memory.allocate("evaluation indices", 4 * batch);
    const logits = memory.allocate("evaluation logits", 4 * batch * classes);
    const labels = images.uploadLabels(new Uint32Array(images.count));
    const input = recorder.temporary("images", recorder.activationBytes(batch * network.valuesOf("image")));
    const batchLabels = recorder.temporary("labels", 4 * batch);
    const label = `${batch}`;
    recordEvaluationBatch(recorder, { label, images, labels, indices, batch, whiteningGuard, output: input, batchLabels });
    const pass = recordForward(recorder, network, nodes, input, { batch, mode, dropoutKeep, state: state.view });
    recordAddBias(recorder, {
      label,
      batch,
      classes,
      logits: pass.values.get(head.output)!,
      bias: network.vector(network.parameters, denseOf(head).name, "biases"),
      output: logits,
    });
    return new NetworkEvaluation(network, setup, { recording: await recorder.finish(), indices, logits, state, labels });
  }

  /** Logits [count, classes] in class order. */
  async run({ indices, classOrder, draw, onProgress, signal }: EvaluationRequest): Promise<Float32Array> {
    const { memory } = this.#network;
    const { batch } = this.#setup;
    const batches = Math.ceil(indices.length / batch);
    const collected = memory.allocate("collected logits", Math.max(16, batches * this.#logits.bytes));
    try {
      this.#state.write({ step: 0, dropoutSeed: 0, learningRate: 0, orderStart: 0, metricsRow: 0, augmentSeed: 0, ...draw });
      const flights: Promise<undefined>[] = [];
      for (let start = 0; start < indices.length; start += batch) {
        signal?.throwIfAborted();
        this.#submit(indices, start, collected);
        flights.push(memory.device.queue.onSubmittedWorkDone());
        if (flights.length >= BATCHES_IN_FLIGHT) await flights.shift();
        onProgress?.(Math.min(indices.length, start + batch));
      }
      return this.#inClassOrder(new Float32Array(await readBack(memory.device, collected)), indices.length, classOrder);
    } finally {
      memory.release(collected);
    }
  }

  dispose(): void {
    this.#recording.dispose();
    for (const view of [this.#indices, this.#logits, this.#labels, this.#state.view]) this.#network.memory.release(view);
  }

  /** One batch of the images, from the one at `start` on. */
  #submit(indices: Uint32Array, start: number, collected: BufferView): void {
    const { device } = this.#network.memory;
    const { batch } = this.#setup;
    const whole = Uint32Array.from({ length: batch }, (_, row) => indices[(start + row) % indices.length]!);
    device.queue.writeBuffer(this.#indices.buffer, 0, whole);
    this.#recording.submit();
    const encoder = device.createCommandEncoder({ label: "collect logits" });
    encoder.copyBufferToBuffer(
      this.#logits.buffer,
      0,
      collected.buffer,
      (start / batch) * this.#logits.bytes,
      this.#logits.bytes,
    );
    device.queue.submit([encoder.finish()]);
  }

  #inClassOrder(rows: Float32Array, count: number, classOrder: readonly number[]): Float32Array {
    const head = this.#network.spec.layers.at(-1)!;
    const { positions, size } = this.#network.channelsOf(head.name);
    const classes = positions.length;
    const logits = new Float32Array(count * classes);
    for (let row = 0; row < count; row++) {
      for (let position = 0; position < classes; position++) {
        logits[row * classes + classOrder[position]!] = rows[row * size + positions[position]!]!;
      }
    }
    return logits;
  }
}

function denseOf(head: ReturnType<typeof fuse>[number]): DenseLayer {
  if (head.kind !== "head") throw new TypeError("a network ends in its head");
  return head.dense;
}
