import { afterAll, beforeAll, expect, test } from "vitest";
import { DeviceError, ShapeError } from "../base/errors";
import { type OpenDevice, openDevice } from "./device";
import { DeviceMemory, readBack } from "./device-memory";
import { RESIDENT_IMAGE_BYTES, ResidentImages } from "./resident-images";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

/** `count` images of which no two neighbouring ones, rows or pixels are equal. */
function imagesOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count * RESIDENT_IMAGE_BYTES }, (_, i) => (i * 7 + Math.floor(i / 251)) & 255);
}

/** All bytes of all chunks, one after the other. */
async function bytesOf({ chunks }: ResidentImages): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const chunk of chunks) parts.push(new Uint8Array(await readBack(open.device, chunk)));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test.each([
  { count: 1, imagesPerChunk: 1, sizes: [1] },
  { count: 3, imagesPerChunk: 3, sizes: [3] },
  { count: 11, imagesPerChunk: 4, sizes: [4, 4, 3] },
  { count: 12, imagesPerChunk: 3, sizes: [3, 3, 3, 3] },
])("$count images in buffers of $imagesPerChunk are all there, whole and in order", async ({ count, imagesPerChunk, sizes }) => {
  const memory = new DeviceMemory(open.device);
  const images = imagesOf(count);
  // A limit between two multiples of an image: no image is cut.
  const bytesPerChunk = (imagesPerChunk + 0.5) * RESIDENT_IMAGE_BYTES;
  const resident = await ResidentImages.upload(memory, { label: "images", images, count, bytesPerChunk });
  expect(resident.imagesPerChunk).toBe(imagesPerChunk);
  expect(resident.chunks.map((chunk) => chunk.bytes / RESIDENT_IMAGE_BYTES)).toEqual(sizes);
  expect(await bytesOf(resident)).toEqual(images);
  resident.dispose();
  expect(memory.bytes).toBe(0);
});

test("an upload in several pieces, from the middle of an array, loses nothing", async () => {
  const memory = new DeviceMemory(open.device);
  const count = 5000;
  const whole = new Uint8Array(count * RESIDENT_IMAGE_BYTES + 5);
  const images = whole.subarray(5);
  for (let image = 0; image < count; image++)
    images[image * RESIDENT_IMAGE_BYTES + (image % RESIDENT_IMAGE_BYTES)] = 1 + (image % 255);
  const resident = await ResidentImages.upload(memory, { label: "images", images, count });
  expect(Buffer.compare(new Uint8Array(await readBack(open.device, resident.chunks[0]!)), images)).toBe(0);
  memory.dispose();
});

test("labels are one an image", async () => {
  const memory = new DeviceMemory(open.device);
  const resident = await ResidentImages.upload(memory, { label: "images", images: imagesOf(3), count: 3 });
  const labels = resident.uploadLabels(Uint32Array.of(5, 0, 99));
  expect([...new Uint32Array(await readBack(open.device, labels))].slice(0, 3)).toEqual([5, 0, 99]);
  expect(() => resident.uploadLabels(Uint32Array.of(5, 0))).toThrow(ShapeError);
  memory.dispose();
});

test("images that need more than four buffers, or bytes that are not whole images, are refused", async () => {
  const memory = new DeviceMemory(open.device);
  const images = imagesOf(9);
  const upload = (count: number, bytesPerChunk: number) =>
    ResidentImages.upload(memory, { label: "training images", images, count, bytesPerChunk });
  await expect(upload(9, 2 * RESIDENT_IMAGE_BYTES)).rejects.toThrow(DeviceError);
  await expect(upload(9, RESIDENT_IMAGE_BYTES - 1)).rejects.toThrow(/training images: 9 images do not fit into 4 buffers/);
  await expect(upload(8, 9 * RESIDENT_IMAGE_BYTES)).rejects.toThrow(ShapeError);
  expect(memory.bytes).toBe(0);
});
