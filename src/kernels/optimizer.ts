import { align, type BufferView, layOut } from "./device-memory";
import terms from "./optimizer-terms.wgsl?raw";
import update from "./optimizer-update.wgsl?raw";
import type { Operand, Recorder, Temporary } from "./recorder";
import stepState from "./step-state.wgsl?raw";
import sumWorkgroup from "./sum-workgroup.wgsl?raw";
import { BINDING_FLOATS, bindingBytes, chunkStarts, floatBits, floatText, stretchOf, uploadTable, windowsOf } from "./work-table";

/** A parameter in the flat buffers: floats from `offset`, a multiple of 4. What follows up to the next multiple of 4 holds zeros. */
export interface ParameterSegment {
  readonly offset: number;
  readonly count: number;
  /** Whether weight decay applies, and with it the l2 term. */
  readonly decays: boolean;
  readonly trained: boolean;
  /** Multiplies the learning rate. */
  readonly rateFactor: number;
  /** Multiplies the gradient: one over the loss scale where it still carries that; 1 unless given. */
  readonly gradientFactor?: number;
}

export interface UpdateOptions {
  readonly segments: readonly ParameterSegment[];
  readonly weightDecay: number;
  readonly momentum: number;
  /** Three flat float32 buffers of one layout. */
  readonly parameters: BufferView;
  readonly momentumBuffer: BufferView;
  readonly gradients: BufferView;
  /** The uniform buffer of the step. */
  readonly state: Operand;
}

/** Invocations of a workgroup; few, because each costs a software adapter a switch at every barrier. */
const CONSTANTS = { LANES: "64u", SPAN: "8u" };
/** Floats of a chunk: sixteen vectors an invocation. */
const CHUNK = 4096;

/**
 * One step of momentum descent in place (float64 oracle: reference/descent.ts), one dispatch, more where the parameters exceed
 * `maxBytes` of a binding. Returns the parts of the squared norm of what decays, as it was before the step.
 */
export function recordUpdate(recorder: Recorder, options: UpdateOptions, maxBytes = bindingBytes(recorder)): Temporary {
  const chunks = options.segments.filter(({ trained, decays }) => trained || decays).flatMap(chunksOf);
  const windows = windowsOf(chunks, ({ offset, count }) => [{ start: offset, end: offset + count }], maxBytes);
  // Every dispatch writes its part from an offset at which buffers may be bound.
  const { offsets, bytes } = layOut(windows.map(({ work }) => 4 * align(work.length, BINDING_FLOATS)));
  const norms = recorder.temporary("squared norms", bytes);
  windows.forEach(({ work, stretches }, index) => {
    const stretch = stretches[0]!;
    const records = work.map((chunk) => recordOf(chunk, stretch.start, options.weightDecay));
    // Chunks of nothing fill up the part, so that all of it is written.
    while (records.length % BINDING_FLOATS !== 0) records.push([0, 0, 0, 0, 0, 0, 0]);
    const part = { of: norms, offset: offsets[index]!, bytes: 4 * records.length };
    recorder.dispatch({
      label: `optimizer-update ${records.length}`,
      kernel: {
        source: stepState + sumWorkgroup + update,
        constants: { ...CONSTANTS, MOMENTUM: floatText(options.momentum) },
      },
      precision: "f32",
      operands: [
        options.state,
        uploadTable(recorder, "optimizer-update", records),
        ...[options.gradients, options.parameters, options.momentumBuffer].map((view) => stretchOf(view, stretch)),
        part,
      ],
      workgroups: [records.length, 1, 1],
    });
  });
  return norms;
}

function chunksOf(segment: ParameterSegment): ParameterSegment[] {
  const floats = 4 * Math.ceil(segment.count / 4);
  return chunkStarts(floats, CHUNK).map((start) => ({
    ...segment,
    offset: segment.offset + start,
    count: Math.min(CHUNK, floats - start),
  }));
}

function recordOf(chunk: ParameterSegment, windowStart: number, weightDecay: number): number[] {
  const { offset, count, decays, trained, rateFactor, gradientFactor = 1 } = chunk;
  return [
    ...[(offset - windowStart) / 4, count / 4, Number(trained), Number(decays)],
    ...[decays ? weightDecay : 0, rateFactor, gradientFactor].map(floatBits),
  ];
}

export interface TermsOptions {
  /** Float32 [4]: cross-entropy, accuracy. */
  readonly loss: Operand;
  /** Float32 [4]: weighted overlap, weightSplit and uniform; null in a stage without them. */
  readonly penalties: Operand | null;
  /** What `recordUpdate` returned. */
  readonly squaredNorms: Temporary;
  readonly weightDecay: number;
  /** Float32 [rows][8]. */
  readonly ring: BufferView;
  readonly state: Operand;
}

/** Writes row `metricsRow` of the ring: [crossEntropy, l2, overlap, weightSplit, uniform, accuracy, 0, 0]. After `recordUpdate`. */
export function recordTerms(recorder: Recorder, options: TermsOptions): void {
  const { loss, penalties, squaredNorms, weightDecay, ring, state } = options;
  const norms = squaredNorms.bytes / 4;
  recorder.dispatch({
    label: `optimizer-terms ${norms}`,
    kernel: {
      source: stepState + sumWorkgroup + terms,
      constants: {
        LANES: "256u",
        SPAN: "16u",
        NORMS: `${norms}u`,
        HALF_DECAY: floatText(weightDecay / 2),
        PENALISED: penalties !== null,
      },
    },
    precision: "f32",
    operands: [state, squaredNorms, loss, penalties ?? loss, ring],
    workgroups: [1, 1, 1],
  });
}
