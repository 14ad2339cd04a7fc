import type { ConvPass } from "./conv";
import type { ConvBlock, ConvGeometry } from "./conv-geometry";
import type { BufferView } from "./device-memory";
import type { Recorder } from "./recorder";
import type { ConvTuning } from "./tuning-choice";
import inputSource from "./winograd-input.wgsl?raw";
import multiplySource from "./winograd-multiply.wgsl?raw";
import shapeSource from "./winograd-shape.wgsl?raw";
import { TRANSFORM_SCALE } from "./winograd-weights";

/**
 * Winograd's F(2x2, 3x3): four outputs of a 3 x 3 convolution by 16 multiplications instead of 36 (Lavin and Gray 2016, "Fast
 * algorithms for convolutional neural networks", eq. 8 and 12): Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
 */

export type WinogradDirection = "forward" | "input-gradient";

/** How the products are mapped onto threads; every choice gives the same numbers. */
export interface WinogradMapping {
  /** Neighbouring threads that take neighbouring pairs of quads of output channels; the rest of a workgroup takes further tiles. */
  readonly pairLanes: number;
  readonly workgroup: number;
}

const MAPPING: WinogradMapping = { pairLanes: 1, workgroup: 32 };
/** Tiles and quads of outputs of one thread (winograd-multiply.wgsl). */
const [THREAD_TILES, THREAD_QUADS] = [4, 2];
const INPUT_WORKGROUP = 64;
/** Vectors of the transformed weights of four inputs and four outputs. */
const QUAD_VECTORS = 64;
const MAX_WORKGROUPS = 65_535;

/** Whether `recordWinograd` can do a layer's passes: 3 x 3, stride 1, even extents, transformed inputs within a binding. */
export function winogradApplies(geometry: ConvGeometry, maxBytes = Number.POSITIVE_INFINITY): boolean {
  const { height, width, kernelSize, stride } = geometry;
  const largest = Math.max(winogradBytes(geometry, "forward"), winogradBytes(geometry, "input-gradient"));
  return kernelSize === 3 && stride === 1 && height % 2 === 0 && width % 2 === 0 && largest <= maxBytes;
}

/** Inputs by outputs of a block, on the mean, from which the transforms pay. */
const LEAST_CHANNELS = 32;

/**
 * Whether a layer runs so: where it was measured to win, which is on the software adapters; no GPU was at hand. Its numbers differ from the
 * direct kernels' in the last digits, so adapter and shape decide, and never a clock.
 */
export function usesWinograd({ adapter }: Pick<ConvTuning, "adapter">, geometry: ConvGeometry, maxBytes: number): boolean {
  const products = geometry.blocks.map(({ inputs, outputs }) => inputs * outputs);
  const wide = products.reduce((sum, product) => sum + product, 0) >= products.length * LEAST_CHANNELS ** 2;
  return adapter === "software" && wide && winogradApplies(geometry, maxBytes);
}

/** Bytes of a pass's transformed inputs, which live from its first dispatch to its second: four float32 for each value read. */
export function winogradBytes({ batch, height, width, inputs, outputs }: ConvGeometry, direction: WinogradDirection): number {
  return 16 * batch * height * width * (direction === "forward" ? inputs : outputs);
}

/**
 * output = conv(input, weights) + addend, or the gradient with respect to the convolution's input + addend, in two dispatches. The
 * pass's `weights` are, in both directions, the layer's stretch of what `recordWinogradWeights` writes: it starts at twice the offset
 * of the layer's first weight, and so does every block in it.
 */
export function recordWinograd(
  recorder: Recorder,
  pass: ConvPass,
  direction: WinogradDirection,
  mapping: WinogradMapping = MAPPING,
): void {
  const { geometry, input, weights, addend, output, precision } = pass;
  const { memory } = recorder;
  const { batch, height, width } = geometry;
  const flipped = direction === "input-gradient";
  const [inChannels, outChannels] = flipped ? [geometry.outputs, geometry.inputs] : [geometry.inputs, geometry.outputs];
  const pairs = geometry.blocks.flatMap((block) => (flipped ? gradientPairs(block) : forwardPairs(block)));
  const tiles = (batch * height * width) / 4;
  const text = `${direction} ${pass.label} ${batch}x${height}x${width}x${outChannels}`;
  const shape = uploadShape(recorder, text, [batch, height, width, inChannels / 4, outChannels / 4, tiles, pairs.length, 0]);
  const transformed = recorder.temporary(`winograd inputs of ${text}`, winogradBytes(geometry, direction));
  recorder.dispatch({
    label: `winograd-input ${text}`,
    kernel: { source: `${shapeSource}\n${inputSource}`, constants: {} },
    ...(precision && { precision }),
    operands: [shape, input, transformed],
    workgroups: inputGrid((tiles * inChannels) / 4),
  });
  const { pairLanes, workgroup } = mapping;
  recorder.dispatch({
    label: `winograd-multiply ${text}`,
    kernel: {
      source: `${shapeSource}\n${multiplySource}`,
      constants: { WORKGROUP: workgroup, PAIR_LANES: pairLanes, FLIPPED: flipped, HAS_ADDEND: addend !== null },
    },
    ...(precision && { precision }),
    operands: [
      shape,
      memory.upload(`pairs of ${text}`, Int32Array.from(pairs.flat())),
      weights,
      transformed,
      addend ?? transformed,
      output,
    ],
    workgroups: [Math.ceil(tiles / THREAD_TILES / (workgroup / pairLanes)), Math.ceil(pairs.length / pairLanes), 1],
  });
}

function uploadShape({ memory }: Recorder, text: string, numbers: readonly number[]): BufferView {
  return memory.upload(`winograd shape of ${text}`, Int32Array.from(numbers), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
}

function inputGrid(threads: number): [number, number, number] {
  const groups = Math.ceil(threads / INPUT_WORKGROUP);
  const rows = Math.ceil(groups / MAX_WORKGROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

/** Pair rows (winograd-multiply.wgsl) of a block; its transformed weights are [output quads][input quads][16][4][4]. */
function forwardPairs({ inputStart, inputs, outputStart, outputs, weightOffset }: ConvBlock): number[][] {
  const steps = { output: (inputs / 4) * QUAD_VECTORS, input: QUAD_VECTORS };
  return pairsOf([outputStart, outputs], [inputStart, inputs], weightOffset, steps);
}

function gradientPairs({ inputStart, inputs, outputStart, outputs, weightOffset }: ConvBlock): number[][] {
  const steps = { output: QUAD_VECTORS, input: (inputs / 4) * QUAD_VECTORS };
  return pairsOf([inputStart, inputs], [outputStart, outputs], weightOffset, steps);
}

type Channels = readonly [start: number, count: number];

function pairsOf(
  [outputStart, outputs]: Channels,
  [inputStart, inputs]: Channels,
  weightOffset: number,
  steps: { readonly output: number; readonly input: number },
): number[][] {
  const quads = outputs / 4;
  return Array.from({ length: Math.ceil(quads / THREAD_QUADS) }, (_, pair) => {
    const quad = THREAD_QUADS * pair;
    const count = Math.min(THREAD_QUADS, quads - quad);
    const weight = (TRANSFORM_SCALE * weightOffset) / 4 + quad * steps.output;
    // A lone quad is computed twice and stored once.
    const outputStep = count < THREAD_QUADS ? 0 : steps.output;
    return [outputStart / 4 + quad, count, inputStart / 4, inputs / 4, weight, outputStep, steps.input];
  });
}
