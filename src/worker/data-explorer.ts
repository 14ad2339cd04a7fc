import { RequestError } from "../base/errors";
import { evaluationBatch, PADDING, thumbnail, trainingImage, whitenedThumbnail } from "../data/augment";
import { placeInEpoch } from "../data/batches";
import { type Examples, IMAGE_BYTES } from "../data/dataset";
import { splitTrainValidation } from "../data/split";
import { fidelityRules } from "../model/fidelity";
import type { Command, ExampleChoice } from "../protocol/commands";
import type { ExamplesView, PreviewDraw, PreviewView } from "../protocol/views";
import { stageSeed } from "../train/recipe";
import { type LoadedData, thumbnailsOf } from "./data-library";

type Part = ExampleChoice["part"];
type PreviewWanted = Extract<Command, { kind: "previewImage" }>;

/** A page of the images of a choice; throws RequestError for a class or superclass that there is none of. */
export function chosenExamples(
  { dataset, summary }: LoadedData,
  choice: ExampleChoice,
  { offset, count }: { readonly offset: number; readonly count: number },
): ExamplesView {
  const { part, superclass, label } = choice;
  requireBelow("class", label, summary.classes.length);
  requireBelow("superclass", superclass, summary.superclasses.length);
  const parts = partsOf({ dataset, summary });
  const { examples } = parts[part];
  const chosen = [...parts[part].indices].filter((index) => {
    const own = examples.fine[index]!;
    return (label === null || own === label) && (superclass === null || summary.superclassOf[own] === superclass);
  });
  const sorted = inOrder(chosen, examples, choice.order);
  const shown = sorted.slice(offset, offset + count);
  const perClass = (of: Part): number[] => {
    const counts = new Array<number>(summary.classes.length).fill(0);
    for (const index of parts[of].indices) counts[parts[of].examples.fine[index]!]!++;
    return counts;
  };
  return {
    ...{ choice, offset, total: chosen.length },
    images: shown.map((index) => ({ index, label: examples.fine[index]! })),
    rgba: thumbnailsOf(examples, shown),
    perClass: { train: perClass("train"), validation: perClass("validation"), test: perClass("test") },
  };
}

/** An image beside what the network makes of it; throws RequestError where there is none of that index in the part. */
export function previewOf(data: LoadedData, { part, index, config, stage, firstEpoch, epochs }: PreviewWanted): PreviewView {
  const { examples, indices } = partsOf(data)[part];
  if (!indices.includes(index)) {
    throw new RequestError(`image ${index} is not among the images of this part`, "Choose one of the images shown.");
  }
  const rules = fidelityRules(config.fidelity);
  const { batchSize } = config[stage];
  const seed = stageSeed(config.seed, stage);
  const draws: PreviewDraw[] = [];
  const evaluated = evaluationBatch(examples, Uint32Array.of(index), rules.whiteningGuard).images;
  const pictures = [thumbnail(examples, index), whitenedThumbnail(evaluated)];
  // Only what is trained on is cropped and mirrored.
  for (let epoch = firstEpoch; part === "train" && epoch < firstEpoch + epochs; epoch++) {
    const place = placeInEpoch(index, indices, { seed, epoch, batchSize });
    if (place === null) continue;
    const { view, values } = trainingImage(examples, index, { seed, ...place, rules });
    draws.push({ epoch, step: place.step, down: view.top - PADDING, right: view.left - PADDING, flip: view.flip });
    pictures.push(whitenedThumbnail(values));
  }
  const rgba = new Uint8ClampedArray(pictures.reduce((sum, picture) => sum + picture.length, 0));
  pictures.forEach((picture, place) => {
    rgba.set(picture, place * picture.length);
  });
  return { part, index, label: examples.fine[index]!, seed: config.seed, stage, draws, rgba };
}

/** Every part's images, as indices into the archive's training or test images. */
function partsOf({ dataset, summary }: LoadedData): Readonly<Record<Part, { examples: Examples; indices: Uint32Array }>> {
  const { train, validation } = splitTrainValidation(dataset.train.count, summary.splitSeed);
  return {
    train: { examples: dataset.train, indices: train },
    validation: { examples: dataset.train, indices: validation },
    test: { examples: dataset.test, indices: Uint32Array.from({ length: dataset.test.count }, (_, index) => index) },
  };
}

/** Brightness is the sum of all values of an image, rising; ties stay in the order of the data. */
function inOrder(indices: number[], examples: Examples, order: ExampleChoice["order"]): number[] {
  if (order === "index") return indices;
  const keys = new Map(indices.map((index) => [index, order === "class" ? examples.fine[index]! : brightness(examples, index)]));
  return indices.sort((a, b) => keys.get(a)! - keys.get(b)!);
}

function brightness({ images }: Examples, index: number): number {
  let sum = 0;
  for (let at = index * IMAGE_BYTES; at < (index + 1) * IMAGE_BYTES; at++) sum += images[at]!;
  return sum;
}

function requireBelow(what: string, value: number | null, count: number): void {
  if (value !== null && value >= count) throw new RequestError(`there is no ${what} ${value}`, `Choose one below ${count}.`);
}
