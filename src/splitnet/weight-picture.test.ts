import { expect, test } from "vitest";
import { matrix } from "../base/matrix";
import { pictureAxis, tapNorms, weightPicture } from "./weight-picture";

test("a norm is taken over the taps of a kernel, and is the size of a weight that has one tap", () => {
  const kernel = { shape: [1, 2, 2, 3], data: Float32Array.from({ length: 12 }, (_, index) => index - 5) };
  expect([...tapNorms(kernel).data]).toEqual([26, 20, 18, 20, 26, 36].map(Math.sqrt));
  expect([...tapNorms({ shape: [2, 2], data: Float32Array.of(-3, 0, 2, -1) }).data]).toEqual([3, 0, 2, 1]);
});

const norms = matrix(3, 5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
const inputs = pictureAxis({ groups: 2, groupOf: [1, 0, 1] });
const outputs = pictureAxis({ groups: 2, groupOf: [0, 1, 0, 1, 0] });

test("rows and columns stand group by group", () => {
  expect([inputs, outputs]).toEqual([
    { order: [1, 0, 2], sizes: [1, 2] },
    { order: [0, 2, 4, 1, 3], sizes: [3, 2] },
  ]);
  const picture = weightPicture(norms, inputs, outputs, 5);
  expect(picture).toMatchObject({ rows: 3, columns: 5, stride: 1 });
  expect([...picture.norms]).toEqual([6, 8, 10, 7, 9, 1, 3, 5, 2, 4, 11, 13, 15, 12, 14]);
});

test("too many members for the pixels share them, and the largest norm is seen", () => {
  const picture = weightPicture(norms, inputs, outputs, 3);
  expect(picture).toMatchObject({ rows: 2, columns: 3, stride: 2 });
  expect([...picture.norms]).toEqual([8, 10, 9, 13, 15, 14]);
});
