import { type BufferView, type DeviceMemory, layOut, readBack } from "../kernels/device-memory";
import { recordPenalties } from "../kernels/penalties";
import type { PenaltyNetwork } from "../kernels/penalties-plan";
import { Recorder } from "../kernels/recorder";
import { type Filled, type PenaltiesFixture, type PenaltyCase, penaltyProblem } from "../model/golden";
import { mergeIndices } from "../model/grouping";

/** Added under square roots; far below the sixth digit of any fixture. */
const EPSILON = 1e-12;
const BYTES = 4;

export async function runPenalties(memory: DeviceMemory, fixture: PenaltiesFixture): Promise<Record<string, unknown>[]> {
  const results: Record<string, unknown>[] = [];
  for (const problem of fixture.cases) results.push(await runPenaltyCase(memory, problem));
  return results;
}

/** One weight between two spaces, laid out as the kernels read it. */
interface Problem {
  readonly network: Omit<PenaltyNetwork, "entries">;
  readonly parameters: BufferView;
  readonly shape: readonly number[];
  readonly floats: number;
  readonly offsets: readonly number[];
}

/** Values of the three penalties and the gradients of weightSplit(w, p, q) + 2 overlap(p) + 3 uniform(q). */
async function runPenaltyCase(memory: DeviceMemory, { weightShape, groups, alphaScale, gradientOf, ...rest }: PenaltyCase) {
  const problem = upload(memory, { weightShape, groups, alphaScale, gradientOf, ...rest });
  const [inputs, outputs] = [0, 1];
  const overlapIn = await run(memory, problem, inputs, { overlap: 2, weightSplit: 0, uniform: 0 });
  const overlapOut = await run(memory, problem, outputs, { overlap: 1, weightSplit: 0, uniform: 0 });
  const uniformIn = await run(memory, problem, inputs, { overlap: 0, weightSplit: 0, uniform: 1 });
  const uniformOut = await run(memory, problem, outputs, { overlap: 0, weightSplit: 0, uniform: 3 });
  const split = await run(memory, problem, inputs, { overlap: 0, weightSplit: 1, uniform: 0 });
  const summed = [overlapIn, uniformOut, split];
  const gradient = (part: "w" | "p" | "q"): number[] =>
    summed[0]![part].map((_, i) => summed.reduce((sum, { [part]: values }) => sum + values[i]!, 0));
  return {
    weightShape,
    groups,
    alphaScale,
    overlap: [overlapIn.terms[0]! / 2, overlapOut.terms[0]!],
    uniform: [uniformIn.terms[2]!, uniformOut.terms[2]! / 3],
    weightSplit: split.terms[1]!,
    gradientOf,
    gradW: gradient("w"),
    gradInputAlpha: gradient("p"),
    gradOutputAlpha: gradient("q"),
  };
}

function upload(memory: DeviceMemory, problem: PenaltyCase): Problem {
  const { weight, inputLogits, outputLogits } = penaltyProblem(problem);
  const padded = padWeight(weight);
  const { offsets, bytes } = layOut([padded, inputLogits, outputLogits].map(({ data }) => data.length * BYTES));
  const floats = bytes / BYTES;
  const flat = new Float32Array(floats);
  const starts = offsets.map((offset) => offset / BYTES);
  [padded, inputLogits, outputLogits].forEach(({ data }, i) => {
    flat.set(data, starts[i]!);
  });
  const space = ({ shape }: Filled, index: number) => ({ groups: shape[0]!, size: shape[1]!, logitsOffset: starts[index]! });
  const taps = weight.data.length / (weight.shape.at(-1)! * weight.shape.at(-2)!);
  const layer = { taps, weightsOffset: starts[0]!, groups: problem.groups, inputSpace: 0, outputSpace: 1 };
  return {
    network: { spaces: [space(inputLogits, 1), space(outputLogits, 2)], layers: [layer], merge: mergeIndices },
    parameters: memory.upload("penalty case", flat),
    shape: weight.shape,
    floats,
    offsets: starts,
  };
}

/** One evaluation with the overlap and uniform penalties of one space. */
async function run(
  memory: DeviceMemory,
  { network, parameters, shape, floats, offsets }: Problem,
  space: number,
  weights: { readonly overlap: number; readonly weightSplit: number; readonly uniform: number },
) {
  const gradients = memory.upload("penalty gradients", new Float32Array(floats));
  const terms = memory.allocate("penalty terms", 16);
  const recorder = new Recorder(memory);
  const switches = { weightedSplit: false, epsilon: EPSILON, gradientScale: 1 };
  recordPenalties(recorder, { ...network, entries: [[space]], weights, ...switches, parameters, gradients, terms });
  const recording = await recorder.finish();
  recording.submit();
  const flat = new Float32Array(await readBack(memory.device, gradients));
  const values = new Float32Array(await readBack(memory.device, terms));
  const [w, p, q] = offsets as [number, number, number];
  const logits = (start: number, index: number): number[] => {
    const { groups, size } = network.spaces[index]!;
    return Array.from(flat.subarray(start, start + groups * size));
  };
  return { terms: Array.from(values), w: unpadWeight(flat.subarray(w), shape), p: logits(p, 0), q: logits(q, 1) };
}

/** Inputs and outputs padded to multiples of 4. */
function padWeight({ shape, data }: Filled): Filled {
  const { rows, columns, taps, paddedRows, paddedColumns } = extents(shape);
  const padded = new Float64Array(taps * paddedRows * paddedColumns);
  for (let i = 0; i < data.length; i++) {
    const [column, row, tap] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (rows * columns))];
    padded[(tap * paddedRows + row) * paddedColumns + column] = data[i]!;
  }
  return { shape: [taps, paddedRows, paddedColumns], data: padded };
}

function unpadWeight(padded: Float32Array, shape: readonly number[]): number[] {
  const { rows, columns, taps, paddedRows, paddedColumns } = extents(shape);
  return Array.from({ length: taps * rows * columns }, (_, i) => {
    const [column, row, tap] = [i % columns, Math.floor(i / columns) % rows, Math.floor(i / (rows * columns))];
    return padded[(tap * paddedRows + row) * paddedColumns + column]!;
  });
}

function extents(shape: readonly number[]) {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const taps = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  return { rows, columns, taps, paddedRows: 4 * Math.ceil(rows / 4), paddedColumns: 4 * Math.ceil(columns / 4) };
}
