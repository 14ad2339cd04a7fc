import type { Operand, Recorder } from "./recorder";
import type { KernelSegment } from "./transpose-weights";
import source from "./winograd-weights.wgsl?raw";
import { bindingBytes, chunkStarts, type Stretch, stretchOf, uploadTable, windowsOf } from "./work-table";

/**
 * Filters of 3 x 3 in the form that Winograd's F(2x2, 3x3) multiplies by: U = G g Gᵀ, 16 values for 9 (Lavin and Gray 2016, "Fast
 * algorithms for convolutional neural networks", eq. 8).
 */

/** The transform of a kernel at float `offset` starts at float `TRANSFORM_SCALE * offset`: room for 18 values where 16 are. */
export const TRANSFORM_SCALE = 2;

export interface WinogradWeightsOptions {
  /** Kernels of 9 taps; others are left out by the caller. */
  readonly segments: readonly KernelSegment[];
  readonly parameters: Operand;
  /** Float32, twice as long as the parameters: gets the transforms, and nothing between them. */
  readonly transformed: Operand;
}

interface Chunk extends KernelSegment {
  readonly start: number;
}

const WORKGROUP = 64;

/** Transforms every kernel in one dispatch; more where a buffer exceeds `maxBytes` of a binding. */
export function recordWinogradWeights(
  recorder: Recorder,
  { segments, parameters, transformed }: WinogradWeightsOptions,
  maxBytes = bindingBytes(recorder),
): void {
  for (const { work, stretches } of windowsOf(segments.flatMap(chunksOf), stretchesOf, maxBytes)) {
    const [read, written] = [stretches[0]!, stretches[1]!];
    const records = work.map(({ offset, inputs, outputs, start }) => [
      (offset - read.start) / 4,
      (TRANSFORM_SCALE * offset - written.start) / 4,
      inputs,
      outputs / 4,
      start,
    ]);
    recorder.dispatch({
      label: `winograd-weights ${records.length}`,
      kernel: { source, constants: {} },
      precision: "f32",
      operands: [
        uploadTable(recorder, "winograd-weights", records),
        stretchOf(parameters, read),
        stretchOf(transformed, written),
      ],
      workgroups: [records.length, 1, 1],
    });
  }
}

/** Floats of a kernel's transform. */
export function transformedCount(inputs: number, outputs: number): number {
  return 16 * inputs * outputs;
}

function chunksOf(segment: KernelSegment): Chunk[] {
  return chunkStarts((segment.inputs * segment.outputs) / 4, WORKGROUP).map((start) => ({ ...segment, start }));
}

function stretchesOf({ offset, taps, inputs, outputs }: Chunk): Stretch[] {
  const written = TRANSFORM_SCALE * offset;
  return [
    { start: offset, end: offset + taps * inputs * outputs },
    { start: written, end: written + transformedCount(inputs, outputs) },
  ];
}
