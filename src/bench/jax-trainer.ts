import { jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { NamedTensors } from "../base/tensor";
import { layerParameters, type ParameterSpec } from "../model/parameters";
import { BATCH_NORM_DECAY, type ModelSpec } from "../model/spec";
import { decays, type TrainerOptions, trainedParameters } from "../train/objective";
import type { TrainState } from "../train/state";
import type { Batch } from "../train/stock/trainer";
import { download, type JaxTensors, upload } from "./jax-layout";
import { forward } from "./jax-network";
import { penalties } from "./jax-penalties";

/** What one step reads and replaces; `fixed` are the parameters the stage does not train. */
type JaxState = { trained: JaxTensors; momentum: JaxTensors; statistics: JaxTensors; fixed: JaxTensors };
type JaxStep = (
  state: JaxState,
  images: np.Array,
  labels: np.Array,
  key: np.Array,
  learningRate: np.Array,
) => [JaxState, np.Array];

/** The same training step as `Trainer`'s, in jax-js: one jitted function from a state and a batch to the next state and its terms. */
export class JaxTrainer {
  readonly #step: ReturnType<typeof jit<JaxStep>>;
  #state: JaxState;

  /** `keep` is the probability of keeping an element in dropout layers; it is compiled in. */
  constructor(spec: ModelSpec, options: TrainerOptions, keep: number, start: TrainState) {
    const trained = new Set(trainedParameters(spec, options).map(({ name }) => name));
    const of = (tensors: NamedTensors, moved: boolean) =>
      upload(new Map([...tensors].filter(([name]) => trained.has(name) === moved)));
    this.#state = {
      trained: of(start.parameters, true),
      momentum: of(start.momentum, true),
      statistics: upload(start.statistics),
      fixed: of(start.parameters, false),
    };
    this.#step = jit(trainingStep(spec, options, keep));
  }

  /** One optimiser step. Terms as `reportOf` takes them, once the device has done everything asked so far. */
  async step({ images, labels }: Batch, learningRate: number, key: readonly [number, number]): Promise<Float32Array> {
    const [next, terms] = this.#step(
      this.#state,
      np.array(images, { shape: [labels.length, 32, 32, 3] }),
      np.array(labels, { dtype: np.int32 }),
      np.array(Uint32Array.from(key), { dtype: np.uint32 }),
      np.array(Float32Array.of(learningRate)).reshape([]),
    );
    this.#state = next;
    return Float32Array.from(await terms.data());
  }

  /** A copy on the host. After the first step the momentum is the gradient. */
  async state(): Promise<Omit<TrainState, "step">> {
    const { trained, fixed, momentum, statistics } = tree.ref(this.#state);
    return {
      parameters: await download({ ...trained, ...fixed }),
      momentum: await download(momentum),
      statistics: await download(statistics),
    };
  }

  dispose(): void {
    tree.dispose(this.#state);
    this.#step.dispose();
  }
}

function trainingStep(spec: ModelSpec, options: TrainerOptions, keep: number): JaxStep {
  const parameters = new Map(trainedParameters(spec, options).map((parameter) => [parameter.name, parameter]));
  const objective = objectiveOf(spec, options, keep);
  return ({ trained, momentum, statistics, fixed }, images, labels, key, learningRate) => {
    const differentiate = valueAndGrad(objective, { hasAux: true });
    const [[value, aux], gradients] = differentiate(tree.ref(trained), tree.ref(fixed), images, labels, key);
    value.dispose();
    const next: JaxState = { trained: {}, momentum: {}, statistics: {}, fixed };
    for (const [name, parameter] of parameters) {
      const weight = trained[name]!;
      const gradient = withDecay(parameter, gradients[name]!, weight, options.weightDecay);
      const accumulator = momentum[name]!.mul(options.momentum).add(gradient);
      const factor = parameter.role === "logits" ? options.assignmentRateFactor : 1;
      next.momentum[name] = accumulator.ref;
      next.trained[name] = weight.sub(accumulator.mul(learningRate.ref.mul(factor)));
    }
    learningRate.dispose();
    for (const [name, moment] of Object.entries(aux.moments)) {
      next.statistics[name] = statistics[name]!.mul(BATCH_NORM_DECAY).add(moment.mul(1 - BATCH_NORM_DECAY));
    }
    return [next, aux.terms];
  };
}

/** Weight decay enters as its gradient, as in `Trainer`. */
function withDecay(parameter: ParameterSpec, gradient: np.Array, weight: np.Array, weightDecay: number): np.Array {
  return decays(parameter) ? gradient.add(weight.ref.mul(weightDecay)) : gradient;
}

/** The minimised scalar but for weight decay, and beside it the terms of a step and the moments. */
function objectiveOf(spec: ModelSpec, options: TrainerOptions, keep: number) {
  const decayed = layerParameters(spec).filter(decays);
  return (trained: JaxTensors, fixed: JaxTensors, images: np.Array, labels: np.Array, key: np.Array) => {
    const parameters = { ...trained, ...fixed };
    const { logits, moments } = forward(spec, parameters, images, { key, keep });
    const correct = np.argmax(logits.ref, 1).equal(labels.ref).astype(np.float32).mean();
    const entropy = crossEntropy(logits, labels);
    const weighted = weightedPenalties(spec, parameters, options);
    const norms = decayed.map(({ name }) => np.square(parameters[name]!.ref).sum());
    const l2 = norms.reduce((left, right) => left.add(right)).mul(options.weightDecay / 2);
    const value = weighted.reduce((left, right) => left.add(right.ref), entropy.ref);
    const terms = np.stack([entropy, l2, ...(weighted.length > 0 ? weighted : [0, 0, 0]), correct]);
    tree.dispose(parameters);
    return [value, { terms, moments }] as [np.Array, { terms: np.Array; moments: JaxTensors }];
  };
}

function crossEntropy(logits: np.Array, labels: np.Array): np.Array {
  const target = nn.oneHot(labels, logits.shape[1]!);
  return nn.logSoftmax(logits).mul(target).sum(1).mean().neg();
}

function weightedPenalties(spec: ModelSpec, parameters: JaxTensors, options: TrainerOptions): np.Array[] {
  const { penaltyWeights } = options;
  if (penaltyWeights === null || !spec.spaces.some((space) => space.groups > 1)) return [];
  const [overlap, weightSplit, uniform] = penalties(spec, parameters, options);
  return [overlap.mul(penaltyWeights.overlap), weightSplit.mul(penaltyWeights.weightSplit), uniform.mul(penaltyWeights.uniform)];
}
