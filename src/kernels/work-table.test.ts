import { expect, test } from "vitest";
import { chunkStarts, floatBits, floatText, windowsOf } from "./work-table";

const stretch = (start: number, end: number) => ({ start, end });
const asStretches = (work: { readonly start: number; readonly end: number }) => [work];

test("work goes into one window as long as the binding shows all of it, and windows start where buffers may be bound", () => {
  const work = [stretch(70, 130), stretch(130, 257), stretch(640, 650)];
  expect(windowsOf(work, asStretches, 4 * 1024)).toEqual([{ work, stretches: [stretch(64, 652)] }]);
  expect(windowsOf(work, asStretches, 4 * 200)).toEqual([
    { work: work.slice(0, 2), stretches: [stretch(64, 260)] },
    { work: work.slice(2), stretches: [stretch(640, 652)] },
  ]);
});

test("work that alone sees more than a binding shows is an error, and no dispatch has more workgroups than allowed", () => {
  expect(() => windowsOf([stretch(0, 201)], asStretches, 4 * 200)).toThrow(/800 bytes/);
  const windows = windowsOf(
    Array.from({ length: 70_000 }, () => stretch(0, 4)),
    asStretches,
    1024,
  );
  expect(windows.map(({ work }) => work.length)).toEqual([65_472, 4_528]);
});

test("chunks cover a count, and floats become words and text without loss", () => {
  expect(chunkStarts(2048, 1024)).toEqual([0, 1024]);
  expect(chunkStarts(2049, 1024)).toEqual([0, 1024, 2048]);
  expect(floatBits(-2)).toBe(0xc0000000);
  expect([1, 1e-12, 0.1].map(floatText)).toEqual(["1f", "1e-12f", "0.1f"]);
});
