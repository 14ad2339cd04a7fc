import type { Config } from "../model/config";
import type { ProbeView } from "../protocol/views";

/** The probes with one more; an older one of the same device and speed goes. */
export function withProbe(probes: readonly ProbeView[], probe: ProbeView): readonly ProbeView[] {
  const key = keyOf(probe);
  return [...probes.filter((other) => keyOf(other) !== key), probe];
}

/** What was measured of a configuration on the device, null where nothing was. */
export function probeFor(probes: readonly ProbeView[], of: Pick<ProbeView, "config" | "classes" | "device">): ProbeView | null {
  const key = keyOf(of);
  return probes.find((probe) => keyOf(probe) === key) ?? null;
}

/** Seconds of both stages of a configuration, validation and checkpoints left out. */
export function secondsOf({ stages }: ProbeView, config: Config): Readonly<Record<"group" | "finetune" | "both", number>> {
  const [group, finetune] = [
    config.group.steps * stages.group.secondsAStep,
    config.finetune.steps * stages.finetune.secondsAStep,
  ];
  return { group, finetune, both: group + finetune };
}

/** Whether a step of both configurations takes equally long on one device. */
export function isSameSpeed(a: Config, b: Config): boolean {
  const of = (config: Config): string => keyOf({ config, classes: 0, device: "" });
  return of(a) === of(b);
}

/** Equal where a step takes equally long: numbers of steps, rates, penalties and seeds do not matter. */
function keyOf({ config, classes, device }: Pick<ProbeView, "config" | "classes" | "device">): string {
  const { model, grouping, blockOrder, precision, group, finetune, evaluation } = config;
  const shape = [model.depth, model.widen, grouping, blockOrder, precision, evaluation.batchSize];
  const stages = [group, finetune].flatMap(({ batchSize, dropoutKeep, trainBatchNormScale }) => [
    batchSize,
    dropoutKeep < 1,
    trainBatchNormScale,
  ]);
  return JSON.stringify([device, classes, ...shape, ...stages, group.weightedSplit]);
}
