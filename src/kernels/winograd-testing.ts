import type { ConvBlock, ConvGeometry } from "./conv-geometry";
import type { Precision } from "./pipelines";

/** Helpers of the Winograd kernels' tests: 3 x 3 convolutions of stride 1, laid out as the kernels read and write them. */

/** Channels of each block are logical: before padding to multiples of 4. */
export interface Problem {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Operands and right results of one pass. */
interface Pass<T> {
  readonly input: T;
  readonly addend: T;
  /** Without and with the addend. */
  readonly plain: T;
  readonly added: T;
}

/** With logical channels. */
interface Answer {
  readonly kernels: readonly Tensor[];
  readonly forward: Pass<Tensor>;
  readonly inputGradient: Pass<Tensor>;
}

/** The same in the kernels' layout. */
export interface Example {
  readonly geometry: ConvGeometry;
  readonly precision: Precision;
  /** Blocks [9, inputs, outputs] at the geometry's offsets. */
  readonly weights: Float32Array;
  readonly forward: Pass<Float32Array>;
  readonly inputGradient: Pass<Float32Array>;
}

const pad4 = (count: number): number => 4 * Math.ceil(count / 4);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Lays a problem and its answer out for the kernels. */
export function exampleOf(problem: Problem, answer: Answer, precision: Precision): Example {
  const { inputs, outputs } = problem;
  const geometry = geometryOf(problem);
  const padPass = (pass: Pass<Tensor>, read: readonly number[], written: readonly number[]): Pass<Float32Array> => ({
    input: padChannels(pass.input, read),
    addend: padChannels(pass.addend, written),
    plain: padChannels(pass.plain, written),
    added: padChannels(pass.added, written),
  });
  return {
    geometry,
    precision,
    weights: padWeights(answer.kernels, geometry),
    forward: padPass(answer.forward, inputs, outputs),
    inputGradient: padPass(answer.inputGradient, outputs, inputs),
  };
}

/** Largest difference, in units of the largest expected value. */
export function worstError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values instead of ${expected.length}`);
  let [worst, largest] = [0, 0];
  expected.forEach((value, i) => {
    // A NaN must not pass for small.
    worst = Math.max(worst, Number.isFinite(actual[i]!) ? Math.abs(actual[i]! - value) : Number.POSITIVE_INFINITY);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / largest;
}

/** Blocks one after the other, as layers have them. */
export function geometryOf({ batch, height, width, inputs, outputs }: Problem): ConvGeometry {
  let [inputStart, outputStart, weightOffset] = [0, 0, 0];
  const blocks = inputs.map((count, index): ConvBlock => {
    const block = { inputStart, inputs: pad4(count), outputStart, outputs: pad4(outputs[index]!), weightOffset };
    inputStart += block.inputs;
    outputStart += block.outputs;
    // Blocks are parameters of their own, which start at multiples of 64 floats.
    weightOffset += 64 * Math.ceil((9 * block.inputs * block.outputs) / 64);
    return block;
  });
  return { batch, height, width, kernelSize: 3, stride: 1, inputs: inputStart, outputs: outputStart, blocks };
}

/** [.., sum of counts] to the padded layout. */
function padChannels({ data }: Tensor, counts: readonly number[]): Float32Array {
  const [logical, padded] = [sum(counts), sum(counts.map(pad4))];
  const rows = data.length / logical;
  const out = new Float32Array(rows * padded);
  for (let row = 0; row < rows; row++) {
    let [from, to] = [row * logical, row * padded];
    for (const count of counts) {
      out.set(data.subarray(from, from + count), to);
      from += count;
      to += pad4(count);
    }
  }
  return out;
}

/** Blocks [9, in, out] one after the other at their offsets, padded. */
function padWeights(kernels: readonly Tensor[], { blocks }: ConvGeometry): Float32Array {
  const last = blocks.at(-1)!;
  const out = new Float32Array(last.weightOffset + 9 * last.inputs * last.outputs);
  kernels.forEach(({ shape, data }, index) => {
    const { inputs, outputs, weightOffset } = blocks[index]!;
    const [rows, columns] = [shape[2]!, shape[3]!];
    for (let row = 0; row < 9 * rows; row++) {
      const [tap, input] = [Math.floor(row / rows), row % rows];
      out.set(data.subarray(row * columns, (row + 1) * columns), weightOffset + (tap * inputs + input) * outputs);
    }
  });
  return out;
}
