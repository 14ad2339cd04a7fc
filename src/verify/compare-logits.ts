import { CheckpointError } from "../base/errors";
import { columnsOf, type HostTensor } from "../base/tensor";
import type { VerifiedGraph } from "../splitnet/verification";
import { CURE } from "./bundle-files";
import type { VerifyStep } from "./verify-steps";

/** Difference as a share of the largest logit of all; images whose most probable class is the same. `all` has the studio's logits of every image and class. */
export function compared({ what, name, classes }: VerifyStep, found: HostTensor, all: HostTensor): VerifiedGraph {
  const expected = expectedOf(name, rows(all, 0, found.shape[0]!), classes);
  if (found.shape.join() !== expected.shape.join())
    throw new CheckpointError(`${name}: logits of shape [${found.shape.join(", ")}], not [${expected.shape.join(", ")}]`, CURE);
  let [difference, largest] = [0, 0];
  expected.data.forEach((value, index) => {
    // Not a number is the largest difference there is.
    const own = Math.abs(found.data[index]! - value);
    difference = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(difference, own);
    largest = Math.max(largest, Math.abs(value));
  });
  const images = expected.shape[0]!;
  const sameClass = Array.from({ length: images }, (_, image) => image).filter(
    (image) => winner(found, image) === winner(expected, image),
  ).length;
  return { what, name, difference: largest === 0 ? difference : difference / largest, images, sameClass };
}

function expectedOf(name: string, logits: HostTensor, classes: readonly number[] | null): HostTensor {
  if (classes === null) return logits;
  const count = logits.shape[1]!;
  const foreign = classes.find((label) => label >= count);
  if (foreign !== undefined)
    throw new CheckpointError(`config.json: class ${foreign} of ${name} is none of the ${count} classes`, CURE);
  return columnsOf(logits, classes);
}

/** Column of the largest logit of an image. */
function winner({ shape, data }: HostTensor, image: number): number {
  const classes = shape[1]!;
  const row = data.subarray(image * classes, (image + 1) * classes);
  return row.indexOf(Math.max(...row));
}

/** Those of a tensor from `start` up to `end`. */
export function rows({ shape, data }: HostTensor, start: number, end: number): HostTensor {
  const size = data.length / shape[0]!;
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}
