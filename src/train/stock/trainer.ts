import {
  add,
  keep,
  mul,
  type NamedTensorMap,
  type Scalar,
  scalar,
  stack,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
  type Variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import type { HostTensor, NamedTensors } from "../../base/tensor";
import { type ParameterSpec, statisticNames } from "../../model/parameters";
import { BATCH_NORM_DECAY, type BatchNormLayer, type ModelSpec } from "../../model/spec";
import { decays, type TrainerOptions, trainedParameters } from "../objective";
import type { TrainState } from "../state";
import type { Moments } from "./batch-norm";
import { type DropoutDraw, forward, type NetworkOnDevice } from "./network";
import { accuracy, crossEntropy, halfSquaredNorm, total, weightedPenalties } from "./objective";
import { assignmentProbabilities } from "./penalties";
import { type DeviceTensors, deviceTensor, disposeAll, download, upload } from "./tensors";

/** One batch: images [N, 32, 32, 3] whitened, labels [N] as positions in the network's logits. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/** Terms of one step still on the device: [crossEntropy, l2, overlap, weightSplit, uniform, accuracy]. */
export type StepTerms = Tensor1D;

/** Gradients of the whole objective by parameter name; the caller disposes them. */
export interface Gradients {
  readonly terms: StepTerms;
  readonly gradients: NamedTensorMap;
  readonly logits: Tensor2D;
}

const IMAGE_SHAPE = [32, 32, 3] as const;

/** Network, momentum and statistics on the device, advanced step by step. Dispose when done. */
export class Trainer {
  readonly #spec: ModelSpec;
  readonly #options: TrainerOptions;
  readonly #trained: readonly ParameterSpec[];
  readonly #parameters: DeviceTensors;
  readonly #momentum: DeviceTensors;
  readonly #statistics: DeviceTensors;

  constructor(spec: ModelSpec, options: TrainerOptions, start: TrainState) {
    this.#spec = spec;
    this.#options = options;
    this.#trained = trainedParameters(spec, options);
    this.#parameters = upload(start.parameters);
    this.#momentum = upload(start.momentum);
    this.#statistics = upload(start.statistics);
  }

  get network(): NetworkOnDevice {
    return { spec: this.#spec, parameters: this.#parameters, statistics: this.#statistics };
  }

  /** One optimiser step; returns its terms, measured before the update. */
  step(batch: Batch, learningRate: number, dropout: DropoutDraw): StepTerms {
    const { terms, gradients, logits } = this.gradients(batch, dropout);
    tidy(() => this.#descend(gradients, learningRate));
    disposeAll(new Map([...Object.entries(gradients), ["logits", logits]]));
    return terms;
  }

  /** Forward and backward pass in training mode; updates running statistics, changes no parameter. */
  gradients(batch: Batch, dropout: DropoutDraw): Gradients {
    return tidy(() => {
      const images = tensor4d(batch.images, [batch.labels.length, ...IMAGE_SHAPE]);
      const labels = tensor1d(batch.labels, "int32");
      const moments = new Map<BatchNormLayer, Moments>();
      let logits: Tensor2D | null = null;
      let terms: StepTerms | null = null;
      const objective = (): Scalar => {
        const output = this.#forward(images, dropout, moments);
        const entropy = crossEntropy(output, labels);
        const penalties = weightedPenalties(this.#spec, this.#parameters, this.#options);
        const penaltyTerms = penalties === null ? [] : [penalties.overlap, penalties.weightSplit, penalties.uniform];
        logits = keep(output);
        terms = keep(this.#collectTerms(entropy, penaltyTerms, accuracy(output, labels)));
        return total([entropy, ...penaltyTerms]);
      };
      const { grads } = variableGrads(
        objective,
        this.#trained.map((parameter) => deviceTensor(this.#parameters, parameter.name)),
      );
      this.#updateStatistics(moments);
      for (const kept of moments.values()) disposeAll(new Map(Object.entries(kept)));
      const gradients: NamedTensorMap = {};
      for (const parameter of this.#trained) gradients[parameter.name] = this.#withDecay(parameter, grads);
      return { terms: terms!, gradients, logits: logits! };
    });
  }

  /** Training-mode forward pass that only moves the running statistics. */
  warmUp(batch: Batch): void {
    tidy(() => {
      const moments = new Map<BatchNormLayer, Moments>();
      this.#forward(tensor4d(batch.images, [batch.labels.length, ...IMAGE_SHAPE]), null, moments);
      this.#updateStatistics(moments);
      for (const kept of moments.values()) disposeAll(new Map(Object.entries(kept)));
    });
  }

  /** Assignment probabilities [groups, size] by space. */
  async assignments(): Promise<ReadonlyMap<string, HostTensor>> {
    const probabilities = tidy(() => Object.fromEntries(assignmentProbabilities(this.#spec, this.#parameters)));
    const onDevice = new Map(Object.entries(probabilities));
    const host: NamedTensors = await download(onDevice);
    disposeAll(onDevice);
    return host;
  }

  /** Weights and assignment logits on the host: waits for the device. */
  parameters(): Promise<NamedTensors> {
    return download(this.#parameters);
  }

  /** A copy of everything on the host: waits for the device. */
  async state(step: number): Promise<TrainState> {
    return {
      step,
      parameters: await download(this.#parameters),
      momentum: await download(this.#momentum),
      statistics: await download(this.#statistics),
    };
  }

  dispose(): void {
    for (const tensors of [this.#parameters, this.#momentum, this.#statistics]) disposeAll(tensors);
  }

  #forward(images: Tensor4D, dropout: DropoutDraw, moments: Map<BatchNormLayer, Moments>): Tensor2D {
    const onMoments = (layer: BatchNormLayer, { mean, variance }: Moments): void => {
      moments.set(layer, { mean: keep(mean), variance: keep(variance) });
    };
    return forward(this.network, images, { kind: "training", dropout, onMoments });
  }

  #collectTerms(entropy: Scalar, penaltyTerms: readonly Scalar[], correct: Scalar): StepTerms {
    const l2 = mul(halfSquaredNorm(this.#spec, this.#parameters), this.#options.weightDecay) as Scalar;
    const [overlap = scalar(0), weightSplit = scalar(0), uniform = scalar(0)] = penaltyTerms;
    return stack([entropy, l2, overlap, weightSplit, uniform, correct]) as Tensor1D;
  }

  /** Weight decay enters as its gradient, weightDecay times w: the same number, one pass less. */
  #withDecay(parameter: ParameterSpec, gradients: NamedTensorMap): Tensor {
    const variable = deviceTensor(this.#parameters, parameter.name);
    const gradient = gradients[variable.name]!;
    return decays(parameter) ? add(gradient, mul(variable, this.#options.weightDecay)) : gradient;
  }

  /** running = decay * running + (1 - decay) * batch. */
  #updateStatistics(moments: ReadonlyMap<BatchNormLayer, Moments>): void {
    for (const [layer, { mean, variance }] of moments) {
      const names = statisticNames(layer);
      blend(deviceTensor(this.#statistics, names.mean), mean);
      blend(deviceTensor(this.#statistics, names.variance), variance);
    }
  }

  /** accumulator = momentum * accumulator + gradient; parameter -= rate * accumulator. */
  #descend(gradients: NamedTensorMap, learningRate: number): void {
    for (const { name, role } of this.#trained) {
      const accumulator = deviceTensor(this.#momentum, name);
      const parameter = deviceTensor(this.#parameters, name);
      accumulator.assign(add(mul(accumulator, this.#options.momentum), gradients[name]!));
      const rate = role === "logits" ? learningRate * this.#options.assignmentRateFactor : learningRate;
      parameter.assign(sub(parameter, mul(accumulator, rate)));
    }
  }
}

function blend(running: Variable, batch: Tensor): void {
  running.assign(add(mul(running, BATCH_NORM_DECAY), mul(batch, 1 - BATCH_NORM_DECAY)));
}
