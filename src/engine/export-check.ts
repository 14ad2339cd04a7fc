import { columnsOf, hostTensor } from "../base/tensor";
import { evaluationBatch } from "../data/augment";
import { IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from "../data/dataset";
import type { ExportCheck } from "../export/export-input";
import { fidelityRules } from "../model/fidelity";
import type { RunRecord } from "../model/run";
import type { Cut } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import type { NetworkTensors } from "../splitnet/slice";
import type { EngineContext } from "./context";
import { despiteLosses } from "./device-losses";

const CHECK_IMAGES = 256;

/** What this engine gets for the first test images, for comparison wherever the export is loaded: logits of all classes, or of these. */
export async function exportCheck(
  { dataset, compute, breathe }: Pick<EngineContext, "dataset" | "compute" | "breathe">,
  run: Pick<RunRecord, "config" | "classes">,
  { plan }: Pick<Cut, "plan">,
  tensors: NetworkTensors,
  classes: readonly number[] | null = null,
): Promise<ExportCheck> {
  const indices = Uint32Array.from({ length: Math.min(CHECK_IMAGES, dataset.test.count) }, (_, index) => index);
  const { whiteningGuard } = fidelityRules(run.config.fidelity);
  const { batchSize } = run.config.evaluation;
  const options = { examples: dataset.test, indices, batchSize, whiteningGuard, classOrder: plan.classOrder };
  const { logits } = await despiteLosses(breathe, () => compute.evaluate({ spec: plan.spec, ...tensors }, options));
  const labels = classes ?? identityOrder(run.classes.length);
  const { images } = evaluationBatch(dataset.test, indices, whiteningGuard);
  return {
    images: hostTensor([indices.length, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE], channelsFirst(images)),
    logits: columnsOf(hostTensor([indices.length, run.classes.length], logits), labels),
  };
}

/** NHWC to NCHW. */
function channelsFirst(images: Float32Array): Float32Array {
  const pixels = IMAGE_SIZE * IMAGE_SIZE;
  return images.map((_, index) => {
    const image = Math.floor(index / IMAGE_BYTES);
    const channel = Math.floor(index / pixels) % IMAGE_CHANNELS;
    return images[image * IMAGE_BYTES + (index % pixels) * IMAGE_CHANNELS + channel]!;
  });
}
