import { describe, expect, test } from "vitest";
import { evaluationBatch, thumbnail, trainingBatch, whitenedThumbnail } from "./augment";
import { type Examples, IMAGE_BYTES } from "./dataset";

/** Images of unlike pixels, and in image 2 a constant green channel. */
function someExamples(count: number): Examples {
  const images = Uint8Array.from({ length: count * IMAGE_BYTES }, (_, i) => (i * 7919 + ((i * i) >>> 7)) & 0xff);
  images.fill(77, 2 * IMAGE_BYTES + 1024, 2 * IMAGE_BYTES + 2048);
  const fine = Uint8Array.from({ length: count }, (_, i) => i % 5);
  return { count, images, fine, coarse: fine.map((label) => label % 2) };
}

const examples = someExamples(12);
const rules = { cropOffsets: 9, whiteningGuard: 0 };

/** Pixel (y, x) of the image reflected at its edges by walking there one step at a time. */
function reflectedPixel(image: Uint8Array, channel: number, y: number, x: number): number {
  const walk = (to: number): number => {
    let position = 0;
    let direction = Math.sign(to);
    for (let steps = Math.abs(to); steps > 0; steps--) {
      if (position + direction < 0 || position + direction > 31) direction = -direction;
      position += direction;
    }
    return position;
  };
  return image[channel * 1024 + walk(y) * 32 + walk(x)]!;
}

/** The whole of one augmented image the slow and obvious way, [32, 32, 3]. */
function naive(index: number, top: number, left: number, flip: boolean, guard: number): Float64Array {
  const image = examples.images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES);
  const out = new Float64Array(IMAGE_BYTES);
  for (let channel = 0; channel < 3; channel++) {
    const values: number[] = [];
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) values.push(reflectedPixel(image, channel, y + top - 4, (flip ? 31 - x : x) + left - 4));
    }
    const mean = values.reduce((a, b) => a + b, 0) / 1024;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 1024);
    values.forEach((value, pixel) => {
      out[pixel * 3 + channel] = (value - mean) / (deviation + guard);
    });
  }
  return out;
}

function largestDifference(a: Float32Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

const imageOf = (images: Float32Array, position: number): Float32Array =>
  images.subarray(position * IMAGE_BYTES, (position + 1) * IMAGE_BYTES);

/** Which crop and flip the image was given, found by trying all of them. */
function viewOf(images: Float32Array, position: number, index: number): string {
  for (let top = 0; top < 9; top++) {
    for (let left = 0; left < 9; left++) {
      for (const flip of [false, true]) {
        // 1e-5: values up to about 2, rounded to float32.
        if (largestDifference(imageOf(images, position), naive(index, top, left, flip, 0)) < 1e-5)
          return `${top} ${left} ${flip}`;
      }
    }
  }
  return "none";
}

describe("training batches", () => {
  test("every image is one of the 162 crops and flips of its source, whitened, and carries its label", () => {
    const indices = Uint32Array.of(3, 0, 7, 3);
    const { images, labels } = trainingBatch(examples, indices, { seed: 9, step: 4, rules });
    expect([...labels]).toEqual([3, 0, 2, 3]);
    const views = [...indices].map((index, position) => viewOf(images, position, index));
    expect(views).not.toContain("none");
    expect(views[0]).not.toBe(views[3]);
  });

  test("all offsets and both flips are drawn, equally often", () => {
    // Image 0 grows to the right, image 1 downwards: one row or column of a crop tells its offset, and the first one its flip.
    const images = Uint8Array.from({ length: 2 * IMAGE_BYTES }, (_, i) =>
      i < IMAGE_BYTES ? 8 * (i % 32) : 8 * ((i >>> 5) % 32),
    );
    const ramps = { count: 2, images, fine: new Uint8Array(2), coarse: new Uint8Array(2) };
    const draws = 2000;
    const timesDrawn = (image: number, pixelStride: number, cropOffsets: number): number[] => {
      const indices = new Uint32Array(draws).fill(image);
      const batch = trainingBatch(ramps, indices, { seed: 2, step: 3, rules: { cropOffsets, whiteningGuard: 0 } });
      const seen = new Map<string, number>();
      for (let position = 0; position < draws; position++) {
        const pixels = imageOf(batch.images, position);
        const key = Array.from({ length: 32 }, (_, i) => pixels[i * pixelStride * 3]!.toFixed(3)).join();
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      return [...seen.values()];
    };
    for (const cropOffsets of [1, 8, 9]) {
      const across = timesDrawn(0, 1, cropOffsets);
      const down = timesDrawn(1, 32, cropOffsets);
      expect([across.length, down.length]).toEqual([2 * cropOffsets, cropOffsets]);
      for (const times of [across, down]) {
        const each = draws / times.length;
        // Five standard deviations of a count.
        for (const count of times) expect(Math.abs(count - each)).toBeLessThan(5 * Math.sqrt(each));
      }
    }
  });

  test("draws depend on seed, step and position, and on nothing else", () => {
    const draw = (seed: number, step: number, indices: Uint32Array): Float32Array =>
      trainingBatch(examples, indices, { seed, step, rules }).images;
    const indices = Uint32Array.from({ length: 8 }, (_, i) => i);
    const first = draw(1, 5, indices);
    expect(draw(1, 5, indices)).toEqual(first);
    expect(draw(2, 5, indices)).not.toEqual(first);
    expect(draw(1, 6, indices)).not.toEqual(first);
    expect(draw(1, 5, indices.subarray(0, 3))).toEqual(first.subarray(0, 3 * IMAGE_BYTES));
  });

  test("offsets outside the padding and images outside the data are refused", () => {
    const indices = Uint32Array.of(0);
    for (const cropOffsets of [0, 10, 1.5, Number.NaN]) {
      const attempt = () => trainingBatch(examples, indices, { seed: 1, step: 0, rules: { cropOffsets, whiteningGuard: 0 } });
      expect(attempt).toThrow("cropOffsets");
    }
    expect(() => evaluationBatch(examples, Uint32Array.of(12), 0)).toThrow("image 12 of 12");
  });
});

describe("whitening", () => {
  test("evaluation images have mean 0 and deviation 1 in each channel, and are not moved", () => {
    const { images, labels } = evaluationBatch(examples, Uint32Array.of(5, 1), 0);
    expect([...labels]).toEqual([0, 1]);
    expect(largestDifference(imageOf(images, 0), naive(5, 4, 4, false, 0))).toBeLessThan(1e-6);
    for (let channel = 0; channel < 3; channel++) {
      const values = Array.from(imageOf(images, 1)).filter((_, i) => i % 3 === channel);
      expect(values.reduce((a, b) => a + b, 0) / 1024).toBeCloseTo(0, 6);
      expect(values.reduce((a, b) => a + b * b, 0) / 1024).toBeCloseTo(1, 5);
    }
  });

  test("a constant channel becomes 0 with a guard and NaN without, the other channels do not notice", () => {
    const guarded = evaluationBatch(examples, Uint32Array.of(2), 1e-6).images;
    const plain = evaluationBatch(examples, Uint32Array.of(2), 0).images;
    for (let i = 0; i < IMAGE_BYTES; i++) {
      if (i % 3 === 1) {
        expect(guarded[i]).toBe(0);
        expect(plain[i]).toBeNaN();
      } else {
        expect(Math.abs(guarded[i]! - plain[i]!)).toBeLessThan(1e-6);
      }
    }
  });
});

test("a thumbnail holds the pixels as RGBA", () => {
  const rgba = thumbnail(examples, 4);
  expect(rgba.length).toBe(4096);
  for (const pixel of [0, 31, 500, 1023]) {
    const planes = [0, 1, 2].map((channel) => examples.images[4 * IMAGE_BYTES + channel * 1024 + pixel]);
    expect([...rgba.subarray(4 * pixel, 4 * pixel + 4)]).toEqual([...planes, 255]);
  }
});

test("whitened values are shown with their mean as the middle grey, and what is far from it as black or white", () => {
  const values = new Float32Array(3072);
  values.set([2.5, -2.5, 1.25, 40, -40, 0]);
  expect([...whitenedThumbnail(values).slice(0, 8)]).toEqual([255, 0, 191, 255, 255, 0, 128, 255]);
});
