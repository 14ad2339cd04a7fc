import { IMAGE_SIZE } from "../data/dataset";
import { centreSquare } from "./centre-square";

/** The browser's decoder: the centre square of an image, upright as its camera says, on white, scaled to 32 x 32. */
export async function decodeImage(file: Blob): Promise<Uint8ClampedArray> {
  const whole = await createImageBitmap(file);
  try {
    const { x, y, side } = centreSquare(whole.width, whole.height);
    const resize = { resizeWidth: IMAGE_SIZE, resizeHeight: IMAGE_SIZE, resizeQuality: "high" } as const;
    const small = await createImageBitmap(whole, x, y, side, side, resize);
    const context = new OffscreenCanvas(IMAGE_SIZE, IMAGE_SIZE).getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser cannot draw in a worker");
    context.fillStyle = "white";
    context.fillRect(0, 0, IMAGE_SIZE, IMAGE_SIZE);
    context.drawImage(small, 0, 0);
    small.close();
    return context.getImageData(0, 0, IMAGE_SIZE, IMAGE_SIZE).data;
  } finally {
    whole.close();
  }
}
