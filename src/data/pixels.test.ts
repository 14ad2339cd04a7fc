import { expect, test } from "vitest";
import { thumbnail } from "./augment";
import { exampleOfPixels, PIXEL_BYTES } from "./pixels";

test("pixels taken in as an example are shown as they came, but for their opacity", () => {
  const rgba = Uint8ClampedArray.from({ length: PIXEL_BYTES }, (_, index) => (index % 4 === 3 ? 255 : (index * 7 + 3) % 256));
  expect(thumbnail(exampleOfPixels(rgba), 0)).toEqual(rgba);
  expect(() => exampleOfPixels(rgba.subarray(4))).toThrow("4092 bytes instead of 4096");
});
