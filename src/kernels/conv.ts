import common from "./conv-common.wgsl?raw";
import { type ConvBlock, type ConvGeometry, forwardPhases, gradientPhases, type Phase, samePadding } from "./conv-geometry";
import tapsSource from "./conv-taps.wgsl?raw";
import windowSource from "./conv-window.wgsl?raw";
import type { BufferView } from "./device-memory";
import type { Precision } from "./pipelines";
import type { Operand, Recorder } from "./recorder";

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

/** How a pass is mapped onto threads; every choice gives the same numbers. */
export interface ConvMapping {
  /** Neighbouring threads that take neighbouring output channels; the rest of a workgroup takes further pixels. */
  readonly quadLanes: number;
  readonly workgroup: number;
}

const MAPPING: ConvMapping = { quadLanes: 4, workgroup: 32 };
/** Pixels of one thread. */
const STRIP = 8;

/** output = conv(input, weights) + addend. */
export function recordConvForward(recorder: Recorder, pass: ConvPass, mapping: ConvMapping = MAPPING): void {
  const { geometry } = pass;
  const extents = {
    read: [geometry.height, geometry.width, geometry.inputs],
    written: [...outputExtent(geometry), geometry.outputs],
  } as const;
  const quads = geometry.blocks.flatMap((block) => quadsOf(block.inputStart, block.inputs, block.outputs, block.weightOffset));
  recordPass(
    recorder,
    { ...pass, name: "conv-forward", extents, quads, phases: forwardPhases(geometry), flipped: false },
    mapping,
  );
}

/** output = gradient with respect to the convolution's input + addend; `input` is the gradient with respect to its output. */
export function recordConvInputGradient(recorder: Recorder, pass: ConvPass, mapping: ConvMapping = MAPPING): void {
  const { geometry } = pass;
  const extents = {
    read: [...outputExtent(geometry), geometry.outputs],
    written: [geometry.height, geometry.width, geometry.inputs],
  } as const;
  const quads = geometry.blocks.flatMap((block: ConvBlock) =>
    quadsOf(block.outputStart, block.outputs, block.inputs, block.weightOffset),
  );
  recordPass(
    recorder,
    { ...pass, name: "conv-input-gradient", extents, quads, phases: gradientPhases(geometry), flipped: true },
    mapping,
  );
}

type Extent = readonly [height: number, width: number, channels: number];

interface GatherPass extends ConvPass {
  readonly name: string;
  readonly extents: { readonly read: Extent; readonly written: Extent };
  /** OutputQuad of every written quad of channels. */
  readonly quads: readonly number[];
  readonly phases: readonly Phase[];
  readonly flipped: boolean;
}

function recordPass(recorder: Recorder, pass: GatherPass, mapping: ConvMapping): void {
  const { name, label, geometry, input, weights, addend, output, extents, precision } = pass;
  const { memory } = recorder;
  const [inHeight, inWidth, inChannels] = extents.read;
  const [outHeight, outWidth, outChannels] = extents.written;
  const windowed = geometry.kernelSize === 3 && geometry.stride === 1 && outWidth % STRIP === 0;
  const text = `${name} ${label} ${geometry.batch}x${outHeight}x${outWidth}x${outChannels}`;
  const numbers = [geometry.batch, inHeight, inWidth, outHeight, outWidth, inChannels / 4, outChannels / 4, 0];
  const shape = memory.upload(`shape of ${text}`, Int32Array.from(numbers), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const quads = memory.upload(`quads of ${text}`, Int32Array.from(pass.quads));
  const operands = [shape, quads, weights, input, addend ?? input, output];
  const constants = {
    WORKGROUP: mapping.workgroup,
    QUAD_LANES: mapping.quadLanes,
    HAS_ADDEND: addend !== null,
    ...(windowed ? { FLIPPED: pass.flipped } : {}),
  };
  const stripsPerGroup = mapping.workgroup / mapping.quadLanes;
  const pixels = windowed
    ? geometry.batch * outHeight * outWidth
    : geometry.batch * Math.max(...pass.phases.map(({ rows, columns }) => rows * columns));
  recorder.dispatch({
    label: text,
    kernel: { source: `${common}\n${windowed ? windowSource : tapsSource}`, constants },
    ...(precision && { precision }),
    operands: windowed ? operands : [...operands, ...phaseTables(recorder, text, pass.phases)],
    workgroups: [
      Math.ceil(Math.ceil(pixels / STRIP) / stripsPerGroup),
      Math.ceil(outChannels / 4 / mapping.quadLanes),
      windowed ? 1 : pass.phases.length,
    ],
  });
}

function phaseTables({ memory }: Recorder, text: string, phases: readonly Phase[]): BufferView[] {
  const taps = phases.flatMap((phase) => phase.taps.flatMap(({ row, column, weight }) => [row, column, weight, 0]));
  let firstTap = 0;
  const rows = phases.flatMap((phase) => {
    const { rows: height, columns, top, left, outStep, inStep } = phase;
    const row = [height, columns, top, left, outStep, inStep, firstTap, phase.taps.length];
    firstTap += phase.taps.length;
    return row;
  });
  return [memory.upload(`phases of ${text}`, Int32Array.from(rows)), memory.upload(`taps of ${text}`, Int32Array.from(taps))];
}

/** OutputQuad rows of a block that reads channels from `firstInput` on and has weights [taps, inputs, outputs]. */
function quadsOf(firstInput: number, inputs: number, outputs: number, weightOffset: number): number[] {
  return Array.from({ length: outputs / 4 }, (_, quad) => [
    firstInput / 4,
    inputs / 4,
    weightOffset / 4 + quad,
    outputs / 4,
  ]).flat();
}

function outputExtent({ height, width, kernelSize, stride }: ConvGeometry): [height: number, width: number] {
  return [samePadding(height, kernelSize, stride).extent, samePadding(width, kernelSize, stride).extent];
}
