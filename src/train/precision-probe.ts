import type { NamedTensors } from "../base/tensor";
import type { Dataset } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import { recordTrainingBatch } from "../kernels/batch";
import { type BufferView, DeviceMemory, readBack } from "../kernels/device-memory";
import type { Dispatch, Operand, Recorder, Temporary } from "../kernels/recorder";
import { ResidentImages } from "../kernels/resident-images";
import { recordValueRange, VALUE_RANGE_BYTES, type ValueRange, valueRangeOf } from "../kernels/value-range";
import { groupingSpec } from "../model/build";
import type { Config } from "../model/config";
import { EpochRing } from "./epoch-ring";
import { recipeOf, stageSeed } from "./recipe";
import { initialState } from "./state";
import { TrainingStep } from "./training-step";

/** One step of stage 1 looked into, for tests of precision. */
export interface ProbedStep {
  /** Cross-entropy of the batch. */
  readonly loss: number;
  /** By parameter; those of vectors carry the loss scale. */
  readonly gradients: NamedTensors;
  /** Ranges of the gradients of activations as stored, by name. */
  readonly ranges: ReadonlyMap<string, ValueRange>;
}

/** Forward and backward pass of the first step from the configuration's own start. */
export async function probeStep(device: GPUDevice, dataset: Dataset, config: Config): Promise<ProbedStep> {
  const memory = new DeviceMemory(device);
  try {
    const { precision, seed } = config;
    const spec = groupingSpec(config, dataset.classes.length);
    const recipe = recipeOf(config, "group");
    const { batchSize: batch, dropoutKeep } = recipe.stage;
    const images = await ResidentImages.upload(memory, {
      label: "images",
      images: dataset.train.images,
      count: dataset.train.count,
    });
    const labels = images.uploadLabels(Uint32Array.from(dataset.train.fine));
    const order = new EpochRing(memory, splitTrainValidation(dataset.train.count, 1).train, stageSeed(seed, "group"), batch);
    const ranges = new Map<string, BufferView>();
    const source = (recorder: Recorder, state: BufferView) => {
      measureGradients(recorder, ranges);
      const output = recorder.temporary("images", recorder.activationBytes(batch * 32 * 32 * 4));
      const batchLabels = recorder.temporary("labels", 4 * batch);
      const { cropOffsets, whiteningGuard } = recipe.rules;
      const place = { label: `${batch}`, batch, state, output, batchLabels };
      const data = { images, labels, order: order.view, orderLength: order.length };
      recordTrainingBatch(recorder, { ...place, ...data, cropOffsets, whiteningGuard });
      return { images: output, labels: batchLabels };
    };
    const options = { ...recipe.trainer, batch, dropoutKeep, precision, source };
    const step = await TrainingStep.prepare(memory, spec, options, initialState(spec, seed));
    step.run({ step: 0, learningRate: 0, orderStart: order.startOf(0), dropoutSeed: seed, augmentSeed: seed });
    const [terms] = await step.takeTerms();
    return { loss: terms![0]!, gradients: await step.readGradients(), ranges: await rangesIn(device, ranges) };
  } finally {
    memory.dispose();
  }
}

/** Has every gradient of an activation measured once it is written. */
function measureGradients(recorder: Recorder, ranges: Map<string, BufferView>): void {
  const record = recorder.dispatch.bind(recorder);
  const bytesOfValue = recorder.activationBytes(1);
  const known = new Set<Operand>();
  recorder.dispatch = (dispatch: Dispatch): void => {
    record(dispatch);
    for (const operand of dispatch.operands) {
      if (!isActivationGradient(operand) || known.has(operand)) continue;
      known.add(operand);
      const result = recorder.memory.allocate(`range of ${operand.label}`, VALUE_RANGE_BYTES);
      ranges.set(operand.label, result);
      // Recorded by this function again, which finds nothing in it that it does not know.
      recordValueRange(recorder, { label: operand.label, values: operand, count: operand.bytes / bytesOfValue, result });
    }
  };
}

/** By the labels that the backward pass gives. */
function isActivationGradient(operand: Operand): operand is Temporary {
  return "label" in operand && /^gradient (of|before) /.test(operand.label);
}

async function rangesIn(device: GPUDevice, views: ReadonlyMap<string, BufferView>): Promise<Map<string, ValueRange>> {
  const ranges = new Map<string, ValueRange>();
  for (const [name, view] of views) ranges.set(name, valueRangeOf(await readBack(device, view)));
  return ranges;
}
