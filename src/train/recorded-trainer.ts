import { matrix } from "../base/matrix";
import { type HostTensor, hostTensor, type NamedTensors } from "../base/tensor";
import type { Examples } from "../data/dataset";
import { recordTrainingBatch } from "../kernels/batch";
import { DeviceMemory, readBack } from "../kernels/device-memory";
import type { Precision } from "../kernels/pipelines";
import { ResidentImages } from "../kernels/resident-images";
import type { ConvTuning } from "../kernels/tuning-choice";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import { softmaxGroups } from "../splitnet/penalties";
import { logitColumns } from "./channel-layout";
import { EpochRing } from "./epoch-ring";
import type { Evaluated, EvaluateOptions, Network } from "./evaluate";
import type { FitOptions } from "./fit";
import { NetworkBuffers, viewOf } from "./network-buffers";
import { type EvaluationSetup, NetworkEvaluation } from "./network-evaluation";
import { columnsOf, type Recipe, stageSeed } from "./recipe";
import { reportOf, type StageTrainer, type StepReport } from "./stage-trainer";
import type { TrainState } from "./state";
import { TrainingStep } from "./training-step";

/** Steps on the device at a time: one computes while the next is sent. */
const STEPS_IN_FLIGHT = 2;

/** Puts a stage's data and network on the device and records its step. */
export async function prepareRecordedTrainer(
  device: GPUDevice,
  options: FitOptions,
  recipe: Recipe,
  precision: Precision,
  tuning: ConvTuning,
): Promise<StageTrainer> {
  const memory = new DeviceMemory(device);
  try {
    return await prepare(memory, options, recipe, precision, tuning);
  } catch (error) {
    memory.dispose();
    throw error;
  }
}

async function prepare(
  memory: DeviceMemory,
  options: FitOptions,
  recipe: Recipe,
  precision: Precision,
  tuning: ConvTuning,
): Promise<StageTrainer> {
  const { dataset, split, config, spec, start, classOrder, stage } = options;
  const { batchSize: batch, dropoutKeep } = recipe.stage;
  const images = await uploadImages(memory, "training images", dataset.train);
  const [position, column] = [columnsOf(classOrder), logitColumns(spec)];
  const labels = images.uploadLabels(Uint32Array.from(dataset.train.fine, (label) => column[position[label]!]!));
  const seed = stageSeed(config.seed, stage);
  const order = new EpochRing(memory, split.train, seed, batch);
  const { cropOffsets, whiteningGuard } = recipe.rules;
  const step = await TrainingStep.prepare(
    memory,
    spec,
    {
      ...recipe.trainer,
      batch,
      dropoutKeep,
      precision,
      tuning,
      source(recorder, state) {
        const output = recorder.temporary("images", recorder.activationBytes(batch * 32 * 32 * 4));
        const batchLabels = recorder.temporary("labels", 4 * batch);
        recordTrainingBatch(recorder, {
          label: `${batch}`,
          images,
          labels,
          order: order.view,
          orderLength: order.length,
          state,
          batch,
          cropOffsets,
          whiteningGuard,
          output,
          batchLabels,
        });
        return { images: output, labels: batchLabels };
      },
    },
    start,
  );
  return new RecordedTrainer(memory, step, images, order, options, recipe, { seed, precision });
}

class RecordedTrainer implements StageTrainer {
  readonly #memory: DeviceMemory;
  readonly #step: TrainingStep;
  readonly #images: ResidentImages;
  readonly #order: EpochRing;
  readonly #options: FitOptions;
  readonly #recipe: Recipe;
  readonly #seed: number;
  readonly #precision: Precision;
  #evaluation: NetworkEvaluation | null = null;
  #flights: Promise<undefined>[] = [];

  constructor(
    memory: DeviceMemory,
    step: TrainingStep,
    images: ResidentImages,
    order: EpochRing,
    options: FitOptions,
    recipe: Recipe,
    { seed, precision }: { readonly seed: number; readonly precision: Precision },
  ) {
    this.#memory = memory;
    this.#step = step;
    this.#images = images;
    this.#order = order;
    this.#options = options;
    this.#recipe = recipe;
    this.#seed = seed;
    this.#precision = precision;
  }

  async step(step: number, learningRate: number): Promise<void> {
    const { seed: dropoutSeed } = this.#options.config;
    this.#step.run({ step, learningRate, orderStart: this.#order.startOf(step), dropoutSeed, augmentSeed: this.#seed });
    this.#flights.push(this.#memory.device.queue.onSubmittedWorkDone());
    if (this.#flights.length >= STEPS_IN_FLIGHT) await this.#flights.shift();
  }

  async takeReports(): Promise<readonly StepReport[]> {
    return (await this.#step.takeTerms()).map(reportOf);
  }

  async assignments(): Promise<ReadonlyMap<string, HostTensor>> {
    const { network } = this.#step;
    const read = groupedSpaces(network.spec).map(async ({ name, groups, size }): Promise<[string, HostTensor]> => {
      const placement = network.layout.parameters.placements.find((candidate) => candidate.name === logitsName(name))!;
      const view = viewOf(network.parameters, placement.offset, groups * size);
      const logits = new Float32Array(await readBack(this.#memory.device, view));
      return [name, hostTensor([groups, size], Float32Array.from(softmaxGroups(matrix(groups, size, logits)).data))];
    });
    return new Map(await Promise.all(read));
  }

  parameters(): Promise<NamedTensors> {
    const { network } = this.#step;
    return network.read(network.parameters);
  }

  async validationLogits(step: number): Promise<Float32Array> {
    const { split, config, classOrder } = this.#options;
    const { rules, stage } = this.#recipe;
    const dropoutKeep = rules.dropoutInEvaluation ? stage.dropoutKeep : 1;
    this.#evaluation ??= await this.#evaluationWith({ mode: "inference", batch: config.evaluation.batchSize, dropoutKeep });
    return this.#evaluation.run({ indices: split.validation, classOrder, draw: { step, dropoutSeed: config.seed } });
  }

  async trainingLogits(indices: Uint32Array): Promise<Float32Array> {
    const evaluation = await this.#evaluationWith({ mode: "batch", batch: this.#recipe.stage.batchSize, dropoutKeep: 1 });
    try {
      return await evaluation.run({ indices, classOrder: this.#options.classOrder });
    } finally {
      evaluation.dispose();
    }
  }

  #evaluationWith(pass: Pick<EvaluationSetup, "mode" | "batch" | "dropoutKeep">): Promise<NetworkEvaluation> {
    return NetworkEvaluation.prepare(this.#step.network, {
      ...pass,
      images: this.#images,
      whiteningGuard: this.#recipe.rules.whiteningGuard,
      precision: this.#precision,
    });
  }

  state(step: number): Promise<TrainState> {
    return this.#step.readState(step);
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

/** Uploads a network and examples, runs it in inference mode, and releases both. */
export async function evaluateRecorded(
  device: GPUDevice,
  network: Network,
  options: EvaluateOptions,
  tuning: ConvTuning,
): Promise<Evaluated> {
  const memory = new DeviceMemory(device);
  try {
    const { examples, batchSize: batch, whiteningGuard, classOrder, warmUp, onProgress, signal } = options;
    const indices = options.indices ?? Uint32Array.from({ length: examples.count }, (_, index) => index);
    const images = await uploadImages(memory, "images", examples);
    const buffers = new NetworkBuffers(memory, network.spec, network, tuning);
    const setup = { images, batch, mode: "inference", whiteningGuard, dropoutKeep: 1, precision: "f32" } as const;
    const evaluation = await NetworkEvaluation.prepare(buffers, setup);
    // The first batch once more, untimed: drivers compile at first use.
    if (warmUp === true && indices.length > 0) await evaluation.run({ indices: indices.subarray(0, batch), classOrder });
    const started = performance.now();
    const logits = await evaluation.run({ indices, classOrder, ...(onProgress && { onProgress }), ...(signal && { signal }) });
    return { logits, seconds: (performance.now() - started) / 1000 };
  } finally {
    memory.dispose();
  }
}

function uploadImages(memory: DeviceMemory, label: string, { images, count }: Examples): Promise<ResidentImages> {
  return ResidentImages.upload(memory, { label, images, count });
}
