import { ConfigError } from "../base/errors";
import { hashName } from "../base/random";
import batchSource from "./batch.wgsl?raw";
import evaluationSource from "./batch-evaluation.wgsl?raw";
import trainingSource from "./batch-training.wgsl?raw";
import type { BufferView } from "./device-memory";
import philoxSource from "./philox.wgsl?raw";
import type { Constants } from "./pipelines";
import type { Operand, Recorder } from "./recorder";
import { MAX_IMAGE_CHUNKS, type ResidentImages } from "./resident-images";
import stepStateSource from "./step-state.wgsl?raw";

export interface Batch {
  /** Shape, or what else tells this batch from others. */
  readonly label: string;
  readonly images: ResidentImages;
  /** u32 [images]: column of each image's class in the logits (ResidentImages.uploadLabels). */
  readonly labels: BufferView;
  /** Images of the batch. */
  readonly batch: number;
  /** Added to the deviation. With 0 a constant channel has no defined value, as in the published code. */
  readonly whiteningGuard: number;
  /** Activations [batch, 32, 32, 4], channel 3 zero. */
  readonly output: Operand;
  /** u32 [batch]. */
  readonly batchLabels: Operand;
}

export interface TrainingBatch extends Batch {
  /** u32 [orderLength]: image indices, the order of two epochs; element i of the batch is number (orderStart + i) modulo orderLength. */
  readonly order: BufferView;
  readonly orderLength: number;
  /** StepState: orderStart, step and augmentSeed. */
  readonly state: BufferView;
  /** Crop offsets are drawn from 0 .. cropOffsets - 1 in each direction; 9 covers the image padded by 4. */
  readonly cropOffsets: number;
}

export interface EvaluationBatch extends Batch {
  /** u32 [batch]: image indices. */
  readonly indices: BufferView;
}

const MAX_CROP_OFFSETS = 9;
/** A workgroup has the square of this many threads, and sums in two steps. */
const FAN_IN = 8;

/**
 * The batch as trained on: reflected 4 pixels at the edges (the edge pixel not repeated), cropped, mirrored one time in two, whitened per
 * image and channel by the population deviation of the crop. Draws depend on seed, step and position in the batch. One dispatch.
 */
export function recordTrainingBatch(recorder: Recorder, options: TrainingBatch): void {
  const { label, batch, order, orderLength, state, cropOffsets } = options;
  if (!Number.isInteger(cropOffsets) || cropOffsets < 1 || cropOffsets > MAX_CROP_OFFSETS) {
    throw new ConfigError(`cropOffsets: ${cropOffsets} is not between 1 and ${MAX_CROP_OFFSETS}`, "Use 9, or 8 as published.");
  }
  recorder.dispatch({
    label: `training-batch ${label}`,
    kernel: {
      source: [stepStateSource, philoxSource, trainingSource, batchSource].join("\n"),
      constants: {
        ...constantsOf(options),
        ORDER_LENGTH: `${orderLength}u`,
        CROP_OFFSETS: `${cropOffsets}u`,
        AUGMENT_STREAM: `${hashName("augment")}u`,
      },
    },
    operands: [...operandsOf(options, order), state],
    workgroups: [batch, 1, 1],
  });
}

/** The images as evaluated: whitened only. One dispatch. */
export function recordEvaluationBatch(recorder: Recorder, options: EvaluationBatch): void {
  const { label, batch, indices } = options;
  recorder.dispatch({
    label: `evaluation-batch ${label}`,
    kernel: { source: `${evaluationSource}\n${batchSource}`, constants: constantsOf(options) },
    operands: operandsOf(options, indices),
    workgroups: [batch, 1, 1],
  });
}

function constantsOf({ images, whiteningGuard }: Batch): Constants {
  return { FAN_IN: `${FAN_IN}u`, IMAGES_PER_CHUNK: `${images.imagesPerChunk}u`, GUARD: `${whiteningGuard}f` };
}

function operandsOf({ images, labels, output, batchLabels }: Batch, order: BufferView): Operand[] {
  // Bindings without a chunk of their own get the first one; no index leads there.
  const chunks = Array.from({ length: MAX_IMAGE_CHUNKS }, (_, i) => images.chunks[i] ?? images.chunks[0]!);
  return [...chunks, labels, order, output, batchLabels];
}
