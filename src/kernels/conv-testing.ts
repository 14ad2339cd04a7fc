import { poisonedActivations, readActivations, uploadActivations } from "./activation-testing";
import { recordConvForward, recordConvInputGradient } from "./conv";
import type { ConvBlock, ConvGeometry } from "./conv-geometry";
import { filterGradientSlices, recordFilterGradient } from "./filter-gradient";
import type { Precision } from "./pipelines";
import type { Recorder } from "./recorder";
import { poisoned, readOutput, runOnce } from "./testing";
import type { ConvChoice, ConvPassKind } from "./tuning-choice";

/** Helpers of the convolutions' tests: operands and expectations in the kernels' layout, and runs of a pass. */

/** Channels of each block, before padding to multiples of 4. */
interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly size: 1 | 3;
  readonly stride: 1 | 2;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

interface Sum<T> {
  readonly plain: T;
  readonly added: T;
}

/** Operands and right results with logical channels. */
interface Answer {
  readonly x: Tensor;
  readonly dy: Tensor;
  readonly kernels: readonly Tensor[];
  readonly forwardAddend: Tensor;
  readonly backwardAddend: Tensor;
  readonly forward: Sum<Tensor>;
  readonly inputGradient: Sum<Tensor>;
  readonly kernelGradients: readonly Tensor[];
}

/** The same in the kernels' layout. */
export interface Example {
  readonly geometry: ConvGeometry;
  readonly precision: Precision;
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly weights: Float32Array;
  readonly transposed: Float32Array;
  readonly forwardAddend: Float32Array;
  readonly backwardAddend: Float32Array;
  readonly forward: Sum<Float32Array>;
  readonly inputGradient: Sum<Float32Array>;
  readonly filterGradient: Float32Array;
  /** 1 where a weight is, 0 in the gaps between blocks, which belong to nobody. */
  readonly owned: Float32Array;
}

const pad4 = (count: number): number => 4 * Math.ceil(count / 4);
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Lays a case and its answer out for the kernels. */
export function exampleOf(problem: Case, answer: Answer, precision: Precision): Example {
  const geometry = geometryOf(problem);
  const { inputs, outputs } = problem;
  const { kernels, forward, inputGradient } = answer;
  const ones = kernels.map(({ shape, data }) => ({ shape, data: data.map(() => 1) }));
  return {
    geometry,
    precision,
    x: padChannels(answer.x, inputs),
    dy: padChannels(answer.dy, outputs),
    weights: padWeights(kernels, geometry, false),
    transposed: padWeights(kernels, geometry, true),
    forwardAddend: padChannels(answer.forwardAddend, outputs),
    backwardAddend: padChannels(answer.backwardAddend, inputs),
    forward: { plain: padChannels(forward.plain, outputs), added: padChannels(forward.added, outputs) },
    inputGradient: { plain: padChannels(inputGradient.plain, inputs), added: padChannels(inputGradient.added, inputs) },
    filterGradient: padWeights(answer.kernelGradients, geometry, false),
    owned: padWeights(ones, geometry, false),
  };
}

/** Runs the forward pass or the input gradient; also says in how many dispatches. */
export async function runGather(
  device: GPUDevice,
  example: Example,
  pass: Exclude<ConvPassKind, "filter-gradient">,
  withAddend: boolean,
  choice: ConvChoice,
): Promise<{ readonly result: Float32Array; readonly dispatches: number }> {
  const forward = pass === "forward";
  const { geometry, precision } = example;
  const count = (forward ? example.forward : example.inputGradient).plain.length;
  let [output, dispatches] = [null as ReturnType<typeof poisoned> | null, 0];
  const record = (recorder: Recorder): void => {
    const { memory } = recorder;
    output = poisonedActivations(memory, "output", count, precision);
    const addend = forward ? example.forwardAddend : example.backwardAddend;
    (forward ? recordConvForward : recordConvInputGradient)(
      recorder,
      {
        label: "test",
        geometry,
        input: uploadActivations(memory, "input", forward ? example.x : example.dy, precision),
        weights: memory.upload("weights", forward ? example.weights : example.transposed),
        addend: withAddend ? uploadActivations(memory, "addend", addend, precision) : null,
        output,
      },
      choice,
    );
    dispatches = recorder.dispatches;
  };
  const memory = await runOnce(device, record, precision);
  const result = await readActivations(device, output!, count, precision);
  memory.dispose();
  return { result, dispatches };
}

/** Runs the filter gradient; the partial sums have gaps between slices and blocks. */
export async function runFilterGradient(device: GPUDevice, example: Example, choice: ConvChoice) {
  const { geometry, precision } = example;
  const { slices, sliceStride } = filterGradientSlices(geometry);
  let [partial, dispatches] = [null as ReturnType<typeof poisoned> | null, 0];
  const record = (recorder: Recorder): void => {
    const { memory } = recorder;
    partial = poisoned(memory, "partial sums", slices * sliceStride);
    const input = uploadActivations(memory, "input", example.x, precision);
    const outputGradient = uploadActivations(memory, "output gradient", example.dy, precision);
    recordFilterGradient(recorder, { label: "test", geometry, input, outputGradient, partial }, choice);
    dispatches = recorder.dispatches;
  };
  const memory = await runOnce(device, record, precision);
  const raw = await readOutput(device, partial!, slices * sliceStride, { gaps: true });
  memory.dispose();
  const total = example.owned.map((owned, i) => {
    let value = 0;
    for (let slice = 0; owned === 1 && slice < slices; slice++) value = Math.fround(value + raw[slice * sliceStride + i]!);
    return value;
  });
  return { raw, total, dispatches };
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

/** Index of the first element with other bits, -1 where there is none. */
export function firstDifference(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return Math.min(left.length, right.length);
  const [a, b] = [new Uint32Array(left.buffer), new Uint32Array(right.buffer)];
  return a.findIndex((word, i) => word !== b[i]);
}

/** Blocks one after the other, as layers have them. */
export function geometryOf({ batch, height, width, size, stride, inputs, outputs }: Case): ConvGeometry {
  let [inputStart, outputStart, weightOffset] = [0, 0, 0];
  const blocks = inputs.map((count, index): ConvBlock => {
    const block = { inputStart, inputs: pad4(count), outputStart, outputs: pad4(outputs[index]!), weightOffset };
    inputStart += block.inputs;
    outputStart += block.outputs;
    // Blocks are parameters of their own, which start at multiples of 64 floats.
    weightOffset += 64 * Math.ceil((size ** 2 * block.inputs * block.outputs) / 64);
    return block;
  });
  return { batch, height, width, kernelSize: size, stride, inputs: inputStart, outputs: outputStart, blocks };
}

/** [.., sum of counts] to the padded layout. */
export function padChannels({ data }: Tensor, counts: readonly number[]): Float32Array {
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

/** Blocks [taps, in, out] one after the other at their offsets, padded; `transposed` swaps in and out. */
export function padWeights(kernels: readonly Tensor[], { blocks }: ConvGeometry, transposed: boolean): Float32Array {
  const [last, taps] = [blocks.at(-1)!, kernels[0]!.shape[0]! ** 2];
  const out = new Float32Array(last.weightOffset + taps * last.inputs * last.outputs);
  kernels.forEach(({ shape, data }, index) => {
    const { inputs, outputs, weightOffset } = blocks[index]!;
    const [rows, columns] = [shape[2]!, shape[3]!];
    for (let tap = 0; tap < taps; tap++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const at = transposed ? (tap * outputs + j) * inputs + i : (tap * inputs + i) * outputs + j;
          out[weightOffset + at] = data[(tap * rows + i) * columns + j]!;
        }
      }
    }
  });
  return out;
}
