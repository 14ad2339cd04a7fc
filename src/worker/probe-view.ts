import { IMAGE_BYTES } from "../data/dataset";
import { type MeasuredStep, type ProbeRequest, probe } from "../engine/probe";
import type { DatasetView, ProbedStage, ProbeView } from "../protocol/views";
import type { StudioDevice } from "./device-keeper";

/** Classes and training images where there is no data set yet: those of CIFAR-100. */
const NO_DATA = { classes: 100, images: 50_000 };

/** Measures a configuration for the data set at hand; throws ConfigError where the device cannot train it. */
export async function probeView(
  device: StudioDevice,
  dataset: DatasetView | null,
  request: Omit<ProbeRequest, "classes">,
): Promise<ProbeView> {
  const { config } = request;
  await device.compute.check(config);
  const classes = dataset?.classes.length ?? NO_DATA.classes;
  const images = dataset?.trainCount ?? NO_DATA.images;
  const { group, finetune } = await probe(device.measure, { ...request, classes });
  const stages = { group: stageView(group, images), finetune: stageView(finetune, images) };
  return { config, classes, device: device.report.description, stages };
}

/** The noise that was trained on, two batches of it, makes room for the images. */
function stageView(
  { batchSize, medianSeconds, imagesPerSecond, seconds, deviceBytes }: MeasuredStep,
  images: number,
): ProbedStage {
  const bytes = deviceBytes + (images - 2 * batchSize) * IMAGE_BYTES;
  return {
    secondsAStep: medianSeconds,
    imagesASecond: imagesPerSecond,
    stepsTimed: seconds.length,
    deviceBytes: deviceBytes === 0 ? null : bytes,
  };
}
