import type { Tensor } from "@tensorflow/tfjs-core";
import { ShapeError } from "../../base/errors";
import { hashName, randomStream } from "../../base/random";
import philox from "../philox.wgsl?raw";
import dropoutMask from "./dropout-mask.wgsl?raw";
import { runProgram } from "./program";

/** Where in the random stream a mask stands: a pure function of these, whatever was drawn before. */
export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  readonly layer: string;
}

/** Mask of `shape` with 1 / keep for kept elements and 0 for dropped ones. The number of elements is a multiple of 4. */
export function dropoutMaskTensor(shape: readonly number[], keep: number, key: DropoutKey): Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count % 4 !== 0)
    throw new ShapeError(`${key.layer}: dropout over ${count} elements`, "Choose a width whose channels are a multiple of 4.");
  const [keyLow, keyHigh] = randomStream(key.seed, "dropout").key;
  return runProgram({
    name: "dropout-mask",
    source: `${philox}\n${dropoutMask}`,
    inputs: [],
    shape,
    outputComponents: 4,
    threads: count / 4,
    integers: { keyLow, keyHigh, step: key.step, layer: hashName(key.layer) },
    floats: { keep },
  });
}
