import type { BufferView } from "./device-memory";
import type { Operand, Recorder } from "./recorder";
import source from "./transpose-weights.wgsl?raw";
import { bindingBytes, chunkStarts, stretchOf, uploadTable, windowsOf } from "./work-table";

/** A kernel [taps][inputs][outputs] at `offset` (floats, a multiple of 4); inputs and outputs are multiples of 4. */
export interface KernelSegment {
  readonly offset: number;
  readonly taps: number;
  readonly inputs: number;
  readonly outputs: number;
}

export interface TransposeOptions {
  readonly segments: readonly KernelSegment[];
  readonly parameters: BufferView;
  /** Float32, laid out as the parameters: gets [taps][outputs][inputs] at the same offsets and nothing elsewhere. */
  readonly transposed: Operand;
}

interface Tile extends KernelSegment {
  readonly row: number;
  readonly column: number;
}

/** Inputs and outputs of a tile (transpose-weights.wgsl). */
const SIDE = 32;

/** Every kernel with inputs and outputs exchanged, in one dispatch; more where the parameters exceed `maxBytes` of a binding. */
export function recordTransposedWeights(
  recorder: Recorder,
  { segments, parameters, transposed }: TransposeOptions,
  maxBytes = bindingBytes(recorder),
): void {
  const stretchesOf = ({ offset, taps, inputs, outputs }: Tile) => [{ start: offset, end: offset + taps * inputs * outputs }];
  for (const { work, stretches } of windowsOf(segments.flatMap(tilesOf), stretchesOf, maxBytes)) {
    const stretch = stretches[0]!;
    const records = work.map(({ offset, taps, inputs, outputs, row, column }) => [
      ...[(offset - stretch.start) / 4, taps, inputs, outputs, row, column],
    ]);
    recorder.dispatch({
      label: `transpose-weights ${records.length}`,
      kernel: { source, constants: {} },
      precision: "f32",
      operands: [
        uploadTable(recorder, "transpose-weights", records),
        stretchOf(parameters, stretch),
        stretchOf(transposed, stretch),
      ],
      workgroups: [records.length, Math.max(...work.map(({ taps }) => taps)), 1],
    });
  }
}

function tilesOf(segment: KernelSegment): Tile[] {
  return chunkStarts(segment.inputs, SIDE).flatMap((row) =>
    chunkStarts(segment.outputs, SIDE).map((column) => ({ ...segment, row, column })),
  );
}
