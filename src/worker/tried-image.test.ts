import { expect, test } from "vitest";
import { pausedRun, withSample } from "../../tests/support/studio";
import { exampleConfig } from "../engine/testing";
import { LARGEST_IMAGE_BYTES } from "../protocol/commands";
import { centreSquare } from "./centre-square";

const PIXELS = Uint8ClampedArray.from({ length: 4096 }, (_, index) => (index % 4 === 3 ? 255 : index % 251));
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

async function grouped(parts: Parameters<typeof withSample>[0] = {}) {
  const page = await withSample(parts);
  await page.send({ kind: "group", config: exampleConfig });
  return { page, runId: page.runId() };
}

test("a file is decoded, fed, and answered by both networks once there are two; the page is told that it is under way", async () => {
  const files: string[] = [];
  const decodeImage = async (file: Blob) => {
    files.push(await file.text());
    return PIXELS;
  };
  const { page, runId } = await grouped({ decodeImage });
  const image = { kind: "file", file: new Blob(["a picture"]), name: "cat.png" } as const;
  const before = page.of("activityChanged").length;
  await page.send({ kind: "tryImage", runId, image });
  expect(files).toEqual(["a picture"]);
  expect(
    page
      .of("activityChanged")
      .slice(before)
      .map(({ activity }) => activity.kind),
  ).toEqual(["trying", "idle"]);
  const [first] = page.of("imageTried");
  expect(first?.tried).toMatchObject({ runId, image: { kind: "file", name: "cat.png" }, rgba: PIXELS, split: null });
  expect(first?.tried.unsplit.groupMeans).toHaveLength(2);
  await page.send({ kind: "split", runId });
  await page.send({ kind: "tryImage", runId, image: { kind: "test", index: 5 } });
  const { tried } = page.of("imageTried").at(-1)!;
  expect(tried.image).toMatchObject({ kind: "test", index: 5 });
  for (const trial of [tried.unsplit, tried.split!]) {
    expect(trial.probabilities).toHaveLength(12);
    // Float32 roundings of twelve numbers below 1.
    expect(Math.abs(sum(trial.probabilities) - 1)).toBeLessThan(1e-6);
  }
  expect(page.of("requestFailed")).toEqual([]);
});

test.each([
  [
    "a file that is no image",
    { kind: "file", file: new Blob(["text"]), name: "notes.txt" },
    "notes.txt could not be read as an image: it is text",
  ],
  [
    "a file that is too long",
    { kind: "file", file: new Blob([new Uint8Array(LARGEST_IMAGE_BYTES + 1)]), name: "huge.png" },
    "huge.png is longer than 64 MiB",
  ],
  ["a test image that is not there", { kind: "test", index: 100_000 }, "there is no test image 100000"],
] as const)("%s is refused with cause and cure, and the engine is idle again", async (_what, image, message) => {
  const decodeImage = async () => {
    throw new Error("it is text");
  };
  const { page, runId } = await grouped({ decodeImage });
  await page.send({ kind: "tryImage", runId, image });
  const [refused] = page.of("imageNotTried");
  expect(refused).toMatchObject({ runId, error: { name: "RequestError", message, cure: expect.stringMatching(/\w+/) } });
  expect(page.of("requestFailed").map(({ error }) => error)).toEqual([refused?.error]);
  expect(page.of("activityChanged").at(-1)?.activity).toEqual({ kind: "idle" });
});

test("a run that trains, or is not grouped yet, is not tried", async () => {
  const { page, group } = await pausedRun();
  const runId = page.runId();
  const image = { kind: "test", index: 0 } as const;
  await page.send({ kind: "tryImage", runId, image });
  expect(page.of("requestFailed").at(-1)?.error.message).toContain("busy training");
  await page.send({ kind: "stop" });
  await group;
  await page.send({ kind: "tryImage", runId, image });
  expect(page.of("imageNotTried").at(-1)?.error.message).toContain("has not finished Group");
});

test("the centre square has the shorter side and lies in the middle", () => {
  expect(centreSquare(1920, 1080)).toEqual({ x: 420, y: 0, side: 1080 });
  expect(centreSquare(5, 10)).toEqual({ x: 0, y: 2, side: 5 });
  expect(centreSquare(1, 1)).toEqual({ x: 0, y: 0, side: 1 });
});
