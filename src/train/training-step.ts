import type { NamedTensors } from "../base/tensor";
import { type BufferView, type DeviceMemory, readBack } from "../kernels/device-memory";
import { recordLoss } from "../kernels/loss";
import { recordTerms, recordUpdate } from "../kernels/optimizer";
import { recordPenalties } from "../kernels/penalties";
import type { Precision } from "../kernels/pipelines";
import { type Operand, Recorder, type Recording } from "../kernels/recorder";
import { type StepState, StepStateBuffer } from "../kernels/step-state";
import { recordTransposedWeights } from "../kernels/transpose-weights";
import type { ConvTuning } from "../kernels/tuning-choice";
import type { ModelSpec } from "../model/spec";
import { recordBackward } from "./backward-recording";
import { type ForwardPass, recordForward } from "./forward-recording";
import { type FusedNode, fuse } from "./fused-graph";
import { lossScaleOf } from "./half-precision";
import { NetworkBuffers } from "./network-buffers";
import { scaledLayers, type TrainerOptions } from "./objective";
import { pack } from "./parameter-layout";
import { kernelsOf, penaltyNetwork, trainedSegments } from "./parameter-tables";
import { PartialSums } from "./partial-sums";
import type { TrainState } from "./state";

export interface TrainingStepOptions extends TrainerOptions {
  readonly batch: number;
  /** Probability that dropout keeps an element; 1 is no dropout. */
  readonly dropoutKeep: number;
  readonly precision: Precision;
  /** Which kernels the convolutions run; without it those of a software adapter. It changes no number. */
  readonly tuning?: ConvTuning;
  /** Records what brings a batch onto the device, if a dispatch does. */
  readonly source: (recorder: Recorder, state: BufferView) => BatchOperands;
}

export interface BatchOperands {
  /** Activations [batch, 32, 32, 4]. */
  readonly images: Operand;
  /** u32 [batch]: column of each example's class in the logits. */
  readonly labels: Operand;
}

/** Rows of the ring that steps write their terms to. */
const RING_ROWS = 64;
const ROW_FLOATS = 8;

/** An optimiser step as one recording: parameters, momentum and statistics stay on the device and are updated in place. */
export class TrainingStep {
  readonly network: NetworkBuffers;
  readonly #memory: DeviceMemory;
  readonly #recording: Recording;
  /** Dispatches that come before the parameters change. */
  readonly #gradientDispatches: number;
  readonly #buffers: Buffers;
  /** Steps taken, and steps whose terms were read. */
  #row = 0;
  #taken = 0;

  private constructor(network: NetworkBuffers, recording: Recording, gradientDispatches: number, buffers: Buffers) {
    this.network = network;
    this.#memory = network.memory;
    this.#recording = recording;
    this.#gradientDispatches = gradientDispatches;
    this.#buffers = buffers;
  }

  /** Uploads, records and compiles. The caller disposes the memory. */
  static async prepare(
    memory: DeviceMemory,
    spec: ModelSpec,
    options: TrainingStepOptions,
    start: TrainState,
  ): Promise<TrainingStep> {
    const network = new NetworkBuffers(memory, spec, start, options.tuning);
    const buffers = allocate(network, start, options.batch);
    const recorder = new Recorder(memory, options.precision);
    const gradientDispatches = record(recorder, network, buffers, options);
    return new TrainingStep(network, await recorder.finish(), gradientDispatches, buffers);
  }

  get dispatches(): number {
    return this.#recording.dispatches;
  }

  /** One optimiser step; its terms go to the next row of the ring. */
  run(state: Omit<StepState, "metricsRow">): void {
    this.#submit(state, this.#recording.dispatches);
    this.#row++;
  }

  /** Forward and backward pass: moves running statistics, changes no parameter, leaves gradients to be read. */
  runGradients(state: Omit<StepState, "metricsRow">): void {
    this.#submit(state, this.#gradientDispatches);
  }

  /** Terms [crossEntropy, l2, overlap, weightSplit, uniform, accuracy, ...] of the steps since the last call, at most `RING_ROWS`. */
  async takeTerms(): Promise<Float32Array[]> {
    const end = this.#row;
    const first = Math.max(this.#taken, end - RING_ROWS);
    this.#taken = end;
    const ring = new Float32Array(await readBack(this.#memory.device, this.#buffers.ring));
    return Array.from({ length: end - first }, (_, i) => {
      const row = (first + i) % RING_ROWS;
      return ring.slice(row * ROW_FLOATS, (row + 1) * ROW_FLOATS);
    });
  }

  /** A copy of everything on the host: waits for the device. */
  async readState(step: number): Promise<TrainState> {
    const { network } = this;
    const [parameters, momentum, statistics] = await Promise.all([
      network.read(network.parameters),
      network.read(this.#buffers.momentum),
      network.read(network.statistics, network.layout.statistics),
    ]);
    return { step, parameters, momentum, statistics };
  }

  /** Gradients of the last step by parameter, without weight decay; untrained parameters are left out by the caller. */
  readGradients(): Promise<NamedTensors> {
    return this.network.read(this.#buffers.gradients);
  }

  #submit(state: Omit<StepState, "metricsRow">, end: number): void {
    this.#buffers.state.write({ ...state, metricsRow: this.#row % RING_ROWS });
    this.#recording.submit(0, end);
  }
}

interface Buffers {
  readonly momentum: BufferView;
  readonly gradients: BufferView;
  readonly transposed: BufferView;
  readonly ring: BufferView;
  readonly columns: BufferView;
  readonly state: StepStateBuffer;
}

function allocate(network: NetworkBuffers, start: TrainState, batch: number): Buffers {
  const { memory, layout } = network;
  const bytes = network.parameters.bytes;
  const { positions, size } = network.channelsOf(network.spec.layers.at(-1)!.name);
  const columns = new Uint32Array(size);
  for (const position of positions) columns[position] = 1;
  return {
    momentum: memory.upload("momentum", pack(layout.parameters, start.momentum)),
    gradients: memory.allocate("gradients", bytes),
    transposed: memory.allocate("transposed kernels", bytes),
    ring: memory.allocate("terms", RING_ROWS * ROW_FLOATS * 4),
    columns: memory.upload(`columns of ${batch}`, columns),
    state: new StepStateBuffer(memory),
  };
}

/** Returns the number of dispatches that come before the parameters change. */
function record(recorder: Recorder, network: NetworkBuffers, buffers: Buffers, options: TrainingStepOptions): number {
  const { batch, dropoutKeep, precision } = options;
  const { parameters } = network;
  const { gradients, transposed, ring } = buffers;
  const nodes = fuse(network.spec);
  const lossScale = lossScaleOf(precision, batch);
  const state = buffers.state.view;
  const passOptions = { batch, mode: "training", dropoutKeep, state } as const;
  const { images, labels } = options.source(recorder, state);
  const forward = recordForward(recorder, network, nodes, images, passOptions);
  const loss = recordHead(recorder, network, { nodes, forward, labels, batch, lossScale, buffers });
  recordTransposedWeights(recorder, { segments: kernelsOf(network), parameters, transposed });
  const scaled = scaledLayers(network.spec, options);
  recordBackward(recorder, network, nodes, forward, loss.logitsGradient, {
    ...passOptions,
    gradients,
    transposed,
    trainsGamma: (layer) => scaled.has(layer.name),
    filterGradients: new PartialSums(recorder, network, nodes, batch, { gradients, scale: 1 / lossScale }),
  });
  const penalised = penaltyNetwork(network.layout);
  const penalties = penalised === null || options.penaltyWeights === null ? null : recorder.temporary("penalty terms", 16);
  if (penalised !== null && options.penaltyWeights !== null && penalties !== null) {
    const { weightedSplit, groupLassoEpsilon: epsilon, penaltyWeights: weights } = options;
    const switches = { weights, weightedSplit, epsilon, gradientScale: 1 };
    recordPenalties(recorder, { ...penalised, ...switches, parameters, gradients, terms: penalties });
  }
  const gradientDispatches = recorder.dispatches;
  const { weightDecay, momentum } = options;
  const segments = trainedSegments(network.layout, options, 1 / lossScale);
  const update = { segments, weightDecay, momentum, parameters, momentumBuffer: buffers.momentum, gradients, state };
  const squaredNorms = recordUpdate(recorder, update);
  recordTerms(recorder, { loss: loss.terms, penalties, squaredNorms, weightDecay, ring, state });
  return gradientDispatches;
}

interface HeadPass {
  readonly nodes: readonly FusedNode[];
  readonly forward: ForwardPass;
  readonly labels: Operand;
  readonly batch: number;
  readonly lossScale: number;
  readonly buffers: Buffers;
}

function recordHead(
  recorder: Recorder,
  network: NetworkBuffers,
  { nodes, forward, labels, batch, lossScale, buffers }: HeadPass,
) {
  const { output } = nodes.at(-1)!;
  const classes = network.channelsOf(output).size;
  const logitsGradient = recorder.temporary("logits gradient", 4 * batch * classes);
  const terms = recorder.temporary("loss terms", 16);
  recordLoss(recorder, {
    label: `${batch}x${classes}`,
    batch,
    classes,
    columns: buffers.columns,
    logits: forward.values.get(output)!,
    bias: network.vector(network.parameters, output, "biases"),
    labels,
    gradientScale: lossScale,
    logitsGradient,
    biasGradient: network.vector(buffers.gradients, output, "biases"),
    terms,
  });
  return { logitsGradient, terms };
}
