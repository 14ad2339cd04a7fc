import { type ConvGeometry, forwardPhases, gradientPhases, multiplyAdds, samePadding } from "./conv-geometry";
import { type Gather, type GatherBlock, gatherProgram } from "./conv-programs";
import type { BufferView } from "./device-memory";
import type { Precision } from "./pipelines";
import type { Operand, Recorder } from "./recorder";
import { type ConvChoice, onlyKernel } from "./tuning-choice";
import { BINDING_FLOATS, chunkStarts, stretchOf } from "./work-table";

/** One convolution, or one input gradient, of a step. */
export interface ConvPass {
  /** Layer's name, for labels. */
  readonly label: string;
  readonly geometry: ConvGeometry;
  /** What is read: activations [N, H, W, C], or their gradients. */
  readonly input: Operand;
  /** The layer's weights, or for an input gradient the transposed ones: blocks [taps, outputs, inputs] at the same offsets. */
  readonly weights: BufferView | Operand;
  /** Added to the result: a residual stream, or the gradient that another consumer of the same tensor gave. */
  readonly addend: Operand | null;
  readonly output: Operand;
  readonly precision?: Precision;
}

const DIRECT = onlyKernel("direct");

/** output = conv(input, weights) + addend. */
export function recordConvForward(recorder: Recorder, pass: ConvPass, choice: ConvChoice = DIRECT): void {
  const { geometry, addend } = pass;
  const gather: Gather = {
    geometry,
    read: [geometry.height, geometry.width, geometry.inputs],
    written: [...outputExtent(geometry), geometry.outputs],
    blocks: geometry.blocks.map(({ inputStart, inputs, outputs, weightOffset }) => ({
      ...{ firstRead: inputStart, read: inputs, written: outputs, weightOffset },
    })),
    phases: forwardPhases(geometry),
    flipped: false,
    hasAddend: addend !== null,
  };
  recordGather(recorder, "conv-forward", pass, gather, choice);
}

/** output = gradient with respect to the convolution's input + addend; `input` is the gradient with respect to its output. */
export function recordConvInputGradient(recorder: Recorder, pass: ConvPass, choice: ConvChoice = DIRECT): void {
  const { geometry, addend } = pass;
  const gather: Gather = {
    geometry,
    read: [...outputExtent(geometry), geometry.outputs],
    written: [geometry.height, geometry.width, geometry.inputs],
    blocks: geometry.blocks.map(({ outputStart, inputs, outputs, weightOffset }) => ({
      ...{ firstRead: outputStart, read: outputs, written: inputs, weightOffset },
    })),
    phases: gradientPhases(geometry),
    flipped: true,
    hasAddend: addend !== null,
  };
  recordGather(recorder, "conv-input-gradient", pass, gather, choice);
}

/** One dispatch, or several over stretches of the batch where one would take too long. */
function recordGather(
  recorder: Recorder,
  name: string,
  { label, weights, input, addend, output, precision = recorder.precision }: ConvPass,
  gather: Gather,
  choice: ConvChoice,
): void {
  const { geometry, read, written } = gather;
  const text = `${name} ${label} ${geometry.batch}x${written.join("x")}`;
  const program = gatherProgram(recorder, text, gather, choice.kernel);
  const quads = recorder.memory.upload(`quads of ${text}`, Int32Array.from(gather.blocks.flatMap(quadsOf)));
  // Stretches are counted in floats, whatever the precision.
  const perFloat = precision === "f16" ? 2 : 1;
  const [readFloats, writtenFloats] = [read, written].map(([h, w, c]) => (h * w * c) / perFloat) as [number, number];
  const most = imagesPerDispatch(geometry, choice, [readFloats, writtenFloats]);
  for (const first of chunkStarts(geometry.batch, most)) {
    const images = Math.min(most, geometry.batch - first);
    const part = (operand: Operand, floats: number): Operand =>
      images === geometry.batch ? operand : stretchOf(operand, { start: first * floats, end: (first + images) * floats });
    const numbers = [images, read[0], read[1], written[0], written[1], read[2] / 4, written[2] / 4, 0];
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const shape = recorder.memory.upload(`shape of ${text}`, Int32Array.from(numbers), usage);
    const source = part(input, readFloats);
    const added = addend === null ? source : part(addend, writtenFloats);
    recorder.dispatch({
      label: text,
      kernel: program.kernel,
      precision,
      operands: [shape, quads, weights, source, added, part(output, writtenFloats), ...program.tables],
      workgroups: program.workgroups(images),
    });
  }
}

/** Images of a dispatch: as many as its bound allows, in steps at which all operands may be bound. */
function imagesPerDispatch(geometry: ConvGeometry, choice: ConvChoice, floatsPerImage: readonly number[]): number {
  const { batch } = geometry;
  const whole = multiplyAdds(geometry);
  if (whole <= choice.multiplyAddsPerDispatch) return batch;
  let step = 1;
  while (floatsPerImage.some((floats) => (step * floats) % BINDING_FLOATS !== 0)) step *= 2;
  const steps = Math.max(1, Math.floor((choice.multiplyAddsPerDispatch * batch) / whole / step));
  return Math.min(batch, steps * step);
}

/** OutputQuad rows of a block. */
function quadsOf({ firstRead, read, written, weightOffset }: GatherBlock): number[] {
  return Array.from({ length: written / 4 }, (_, quad) => [firstRead / 4, read / 4, weightOffset / 4 + quad, written / 4]).flat();
}

function outputExtent({ height, width, kernelSize, stride }: ConvGeometry): [height: number, width: number] {
  return [samePadding(height, kernelSize, stride).extent, samePadding(width, kernelSize, stride).extent];
}
