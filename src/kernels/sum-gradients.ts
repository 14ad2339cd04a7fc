import type { BufferView } from "./device-memory";
import type { Operand, Recorder } from "./recorder";
import source from "./sum-gradients.wgsl?raw";
import { bindingBytes, chunkStarts, floatText, stretchOf, uploadTable, windowsOf } from "./work-table";

/** Gradients of one parameter in slices; offsets and counts are floats, multiples of 4. */
export interface SlicedGradient {
  readonly partialOffset: number;
  readonly slices: number;
  readonly sliceStride: number;
  readonly count: number;
  readonly gradientOffset: number;
}

export interface GradientSumOptions {
  readonly segments: readonly SlicedGradient[];
  readonly partial: Operand;
  readonly gradients: BufferView;
  /** Multiplies the sums: one over the loss scale. */
  readonly scale: number;
}

const LANES = 256;

/**
 * gradients[gradientOffset + i] = scale * sum over slices s, in order, of partial[partialOffset + s * sliceStride + i].
 * One dispatch for all segments, more where what they see exceeds `maxBytes` of a binding.
 */
export function recordGradientSum(
  recorder: Recorder,
  { segments, partial, gradients, scale }: GradientSumOptions,
  maxBytes = bindingBytes(recorder),
): void {
  const windows = windowsOf(
    segments.flatMap(chunksOf),
    (chunk) => [
      {
        start: chunk.partialOffset,
        end: chunk.partialOffset + (chunk.slices - 1) * chunk.sliceStride + chunk.count,
      },
      { start: chunk.gradientOffset, end: chunk.gradientOffset + chunk.count },
    ],
    maxBytes,
  );
  for (const { work, stretches } of windows) {
    const [seen, written] = [stretches[0]!, stretches[1]!];
    const records = work.map((chunk) => [
      ...[(chunk.partialOffset - seen.start) / 4, chunk.sliceStride / 4, chunk.slices],
      ...[(chunk.gradientOffset - written.start) / 4, chunk.count / 4],
    ]);
    recorder.dispatch({
      label: `sum-gradients ${records.length}`,
      kernel: { source, constants: { LANES: `${LANES}u`, SCALE: floatText(scale) } },
      precision: "f32",
      operands: [uploadTable(recorder, "sum-gradients", records), stretchOf(partial, seen), stretchOf(gradients, written)],
      workgroups: [records.length, 1, 1],
    });
  }
}

/** What a workgroup each takes. */
function chunksOf(segment: SlicedGradient): SlicedGradient[] {
  return chunkStarts(segment.count, 4 * LANES).map((start) => ({
    ...segment,
    partialOffset: segment.partialOffset + start,
    gradientOffset: segment.gradientOffset + start,
    count: Math.min(4 * LANES, segment.count - start),
  }));
}
