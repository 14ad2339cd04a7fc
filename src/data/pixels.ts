import { ShapeError } from "../base/errors";
import { type Examples, IMAGE_BYTES, IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";

const PLANE = IMAGE_SIZE * IMAGE_SIZE;
/** Bytes of 32 x 32 pixels as a canvas has them. */
export const PIXEL_BYTES = 4 * PLANE;

/** One image of 32 x 32 RGBA pixels, 4,096 bytes, as an example without a known class: what `thumbnail` shows of it is what came in, opaque. */
export function exampleOfPixels(rgba: Uint8ClampedArray): Examples {
  if (rgba.length !== PIXEL_BYTES) {
    throw new ShapeError(`an image of ${rgba.length} bytes instead of ${PIXEL_BYTES}`, "Scale it to 32 x 32 pixels.");
  }
  const images = new Uint8Array(IMAGE_BYTES);
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < IMAGE_CHANNELS; channel++) images[channel * PLANE + pixel] = rgba[4 * pixel + channel]!;
  }
  return { count: 1, images, fine: new Uint8Array(1), coarse: new Uint8Array(1) };
}
