import type { Examples } from "../data/dataset";
import type { Config } from "../model/config";
import type { ModelSpec } from "../model/spec";
import { biasedLogits, confusionGroups, softConfusion } from "../splitnet/confusion-start";
import type { StageTrainer } from "./stage-trainer";
import type { TrainState } from "./state";

/** What the start may know: classes of training images. Nothing of superclasses. */
export interface ConfusionInput {
  readonly spec: ModelSpec;
  /** Class of every training image. */
  readonly labels: Examples["fine"];
  /** Training images that are not set aside for validation. */
  readonly images: Uint32Array;
  readonly classes: number;
}

/**
 * A state whose assignments lean towards the groups that the network's own confusions suggest (docs/design/controls.md). `trainer` holds the network of
 * `state`. The state's weights stay as they are.
 */
export async function startFromConfusion(
  trainer: Pick<StageTrainer, "trainingLogits">,
  { spec, labels, images, classes }: ConfusionInput,
  state: TrainState,
  { confusionImages, startBias }: Pick<Config["group"], "confusionImages" | "startBias">,
): Promise<TrainState> {
  const chosen = roundsOfEachClass(images, labels, classes, Math.ceil(confusionImages / classes));
  const truths = Array.from(chosen, (image) => labels[image]!);
  const confusion = softConfusion(await trainer.trainingLogits(chosen), truths, classes);
  const biased = biasedLogits(confusionGroups(spec, state.parameters, confusion), state.parameters, startBias);
  return { ...state, parameters: new Map([...state.parameters, ...biased]) };
}

/** Up to `most` images of every class, one of each after the other: a batch of them has as many of each class as of any. */
export function roundsOfEachClass(
  images: Uint32Array,
  labels: Uint8Array,
  classes: number,
  most: number,
): Uint32Array<ArrayBuffer> {
  const ofClass = Array.from({ length: classes }, (): number[] => []);
  for (const image of images) ofClass[labels[image]!]!.push(image);
  const rounds = Array.from({ length: most }, (_, round) => ofClass.flatMap((own) => own.slice(round, round + 1)));
  return Uint32Array.from(rounds.flat());
}
