import { RequestError } from "../base/errors";
import { thumbnail } from "../data/augment";
import type { Examples } from "../data/dataset";
import { exampleOfPixels } from "../data/pixels";
import type { EngineContext } from "../engine/context";
import { tryImage } from "../engine/trial";
import { type Command, LARGEST_IMAGE_BYTES } from "../protocol/commands";
import type { TrialView, TriedView } from "../protocol/views";
import type { Response } from "../splitnet/group-means";
import { crossEntropyOf } from "../splitnet/ranking";

export type TryImage = Extract<Command, { kind: "tryImage" }>;
type Wanted = TryImage["image"];

/** Pixels of an image file as RGBA, 32 x 32 of its centre square; rejects what is no image. */
export type DecodeImage = (file: Blob) => Promise<Uint8ClampedArray>;

/** What the networks of a run make of an image; throws RequestError for a file that is no image and a test image that is not there. */
export async function triedImage(context: EngineContext, runId: string, wanted: Wanted, decode: DecodeImage): Promise<TriedView> {
  const { examples, index, image } = await imageOf(context, wanted, decode);
  const { unsplit, split } = await tryImage(context, runId, examples, index);
  return { runId, image, rgba: thumbnail(examples, index), unsplit: trialView(unsplit), split: split && trialView(split) };
}

interface Found {
  readonly examples: Examples;
  readonly index: number;
  readonly image: TriedView["image"];
}

async function imageOf({ dataset: { test } }: EngineContext, wanted: Wanted, decode: DecodeImage): Promise<Found> {
  if (wanted.kind === "file") {
    const { file, name } = wanted;
    return { examples: exampleOfPixels(await pixelsOf(file, name, decode)), index: 0, image: { kind: "file", name } };
  }
  const { index } = wanted;
  if (index >= test.count) throw new RequestError(`there is no test image ${index}`, `Choose one below ${test.count}.`);
  return { examples: test, index, image: { kind: "test", index, label: test.fine[index]! } };
}

async function pixelsOf(file: Blob, name: string, decode: DecodeImage): Promise<Uint8ClampedArray> {
  if (file.size > LARGEST_IMAGE_BYTES) {
    const most = LARGEST_IMAGE_BYTES / 2 ** 20;
    throw new RequestError(
      `${name} is longer than ${most} MiB`,
      "Save the image smaller: it is scaled to 32 x 32 pixels anyway.",
    );
  }
  try {
    return await decode(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RequestError(
      `${name} could not be read as an image: ${why}`,
      "Choose a PNG, JPEG or WebP file; if it opens elsewhere, save it anew as one of them.",
      { cause: error },
    );
  }
}

function trialView({ logits, groupMeans }: Response): TrialView {
  return { probabilities: logits.map((_, label) => Math.exp(-crossEntropyOf(logits, label))), groupMeans };
}
