import { stack } from "@tensorflow/tfjs-core";
import type { HostTensor, NamedTensors } from "../../base/tensor";
import { trainingBatch } from "../../data/augment";
import { batchSampler } from "../../data/batches";
import type { OpenDevice } from "../../kernels/device";
import { takeStockKernels } from "../../kernels/stock/backend";
import type { Evaluated, EvaluateOptions, Network } from "../evaluate";
import type { FitOptions } from "../fit";
import { columnsOf, type Recipe, stageSeed } from "../recipe";
import { reportOf, type StageTrainer, type StepReport } from "../stage-trainer";
import type { TrainState } from "../state";
import { evaluateNetwork, evaluateOnDevice, type StockEvaluateOptions } from "./evaluate";
import type { DropoutDraw } from "./network";
import { type Batch, type StepTerms, Trainer } from "./trainer";

/** The same training on the tensor engine's kernels: the baseline, and what is left where ours are wrong on a device. */
export async function prepareStockTrainer(
  device: Pick<OpenDevice, "device" | "adapterInfo">,
  options: FitOptions,
  recipe: Recipe,
): Promise<StageTrainer> {
  await takeStockKernels(device);
  return new StockStageTrainer(options, recipe);
}

/** Uploads a network, runs it in inference mode, and releases it. */
export async function evaluateStock(
  device: Pick<OpenDevice, "device" | "adapterInfo">,
  network: Network,
  options: EvaluateOptions,
): Promise<Evaluated> {
  await takeStockKernels(device);
  return evaluateNetwork(network, options);
}

class StockStageTrainer implements StageTrainer {
  readonly #options: FitOptions;
  readonly #recipe: Recipe;
  readonly #trainer: Trainer;
  readonly #batchOf: (step: number) => Batch;
  #waiting: StepTerms[] = [];

  constructor(options: FitOptions, recipe: Recipe) {
    this.#options = options;
    this.#recipe = recipe;
    this.#trainer = new Trainer(options.spec, recipe.trainer, options.start);
    this.#batchOf = batchSource(options, recipe);
  }

  async step(step: number, learningRate: number): Promise<void> {
    this.#waiting.push(this.#trainer.step(this.#batchOf(step), learningRate, this.#dropoutAt(step)));
  }

  async takeReports(): Promise<readonly StepReport[]> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return [];
    const stacked = stack(waiting);
    const values = await stacked.data();
    stacked.dispose();
    for (const terms of waiting) terms.dispose();
    this.#waiting = [];
    const width = values.length / waiting.length;
    return waiting.map((_, index) => reportOf(values.slice(index * width, (index + 1) * width)));
  }

  assignments(): Promise<ReadonlyMap<string, HostTensor>> {
    return this.#trainer.assignments();
  }

  parameters(): Promise<NamedTensors> {
    return this.#trainer.parameters();
  }

  validationLogits(step: number): Promise<Float32Array> {
    const { dropoutInEvaluation } = this.#recipe.rules;
    const dropout = dropoutInEvaluation ? this.#dropoutAt(step) : null;
    const { batchSize } = this.#options.config.evaluation;
    return this.#logits(this.#options.split.validation, { mode: "inference", batchSize, dropout });
  }

  trainingLogits(images: Uint32Array): Promise<Float32Array> {
    return this.#logits(images, { mode: "batch", batchSize: this.#recipe.stage.batchSize, dropout: null });
  }

  async #logits(indices: Uint32Array, pass: Pick<StockEvaluateOptions, "mode" | "batchSize" | "dropout">): Promise<Float32Array> {
    const { dataset, classOrder } = this.#options;
    const { logits } = await evaluateOnDevice(this.#trainer.network, {
      examples: dataset.train,
      ...pass,
      indices,
      whiteningGuard: this.#recipe.rules.whiteningGuard,
      classOrder,
    });
    return logits;
  }

  state(step: number): Promise<TrainState> {
    return this.#trainer.state(step);
  }

  dispose(): void {
    for (const terms of this.#waiting) terms.dispose();
    this.#waiting = [];
    this.#trainer.dispose();
  }

  #dropoutAt(step: number): DropoutDraw {
    const { dropoutKeep } = this.#recipe.stage;
    return dropoutKeep < 1 ? { seed: this.#options.config.seed, step, keep: dropoutKeep } : null;
  }
}

/** Batch of a step: a pure function of seed and step, labels as columns of the logits. */
function batchSource({ dataset, split, config, classOrder, stage }: FitOptions, recipe: Recipe): (step: number) => Batch {
  const columns = columnsOf(classOrder);
  const seed = stageSeed(config.seed, stage);
  const indicesAt = batchSampler(split.train, seed, recipe.stage.batchSize);
  const { cropOffsets, whiteningGuard } = recipe.rules;
  return (step) => {
    const rules = { cropOffsets, whiteningGuard };
    const { images, labels } = trainingBatch(dataset.train, indicesAt(step), { seed, step, rules });
    return { images, labels: labels.map((label) => columns[label]!) };
  };
}
