import { type ActivationShape, inferShapes } from "../model/shapes";
import type { ConvLayer, ModelSpec } from "../model/spec";

/** One pass of one convolution: what is computed from the other two of input, output gradient and filter. */
export type ConvolutionPass = "forward" | "input-gradient" | "filter-gradient";
export const CONVOLUTION_PASSES: readonly ConvolutionPass[] = ["forward", "input-gradient", "filter-gradient"];

/** A dense convolution as a network runs it, SAME padding: [batch, size, size, inputs] to [batch, size / stride, size / stride, outputs]. */
export interface ConvolutionProblem {
  readonly pass: ConvolutionPass;
  readonly batchSize: number;
  readonly size: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernelSize: number;
  readonly stride: number;
  /** Operations one run asks for before it waits. */
  readonly repeats: number;
}

/** The distinct convolutions of a network in execution order, each pass of each; no input gradient where the input is the image. */
export function convolutionProblems(spec: ModelSpec, batchSize: number, repeats: number): ConvolutionProblem[] {
  const shapes = inferShapes(spec);
  const problems = new Map<string, ConvolutionProblem>();
  for (const layer of spec.layers) {
    if (layer.kind !== "conv") continue;
    const input = shapes.get(layer.input)!;
    for (const pass of CONVOLUTION_PASSES) {
      if (pass === "input-gradient" && input.space === "image") continue;
      const problem = problemOf(layer, input, shapes.get(layer.name)!.channels, pass, { batchSize, repeats });
      problems.set(convolutionName(problem), problem);
    }
  }
  return [...problems.values()].sort((a, b) => CONVOLUTION_PASSES.indexOf(a.pass) - CONVOLUTION_PASSES.indexOf(b.pass));
}

function problemOf(
  { kernelSize, stride }: ConvLayer,
  { height, channels }: ActivationShape,
  outputs: number,
  pass: ConvolutionPass,
  counts: { readonly batchSize: number; readonly repeats: number },
): ConvolutionProblem {
  return { pass, size: height, inputs: channels, outputs, kernelSize, stride, ...counts };
}

/** Like `conv/forward/3x3/32x32/16-32/s1/16`: kernel, input size, channels, stride, batch. */
export function convolutionName({ pass, kernelSize, size, inputs, outputs, stride, batchSize }: ConvolutionProblem): string {
  return `conv/${pass}/${kernelSize}x${kernelSize}/${size}x${size}/${inputs}-${outputs}/s${stride}/${batchSize}`;
}

/** Shapes in our layout: images [n, h, w, c], filters [k, k, in, out]. */
export function convolutionShapes(problem: ConvolutionProblem) {
  const { batchSize, size, inputs, outputs, kernelSize, stride } = problem;
  return {
    input: [batchSize, size, size, inputs] as [number, number, number, number],
    output: [batchSize, size / stride, size / stride, outputs] as [number, number, number, number],
    filter: [kernelSize, kernelSize, inputs, outputs] as [number, number, number, number],
  };
}

/** Multiply-add FLOPs and the bytes that must move once, of one operation; every pass has the same. */
export function convolutionCost(problem: ConvolutionProblem): { readonly flops: number; readonly bytes: number } {
  const { input, output, filter } = convolutionShapes(problem);
  const [inputs, outputs, weights] = [input, output, filter].map((shape) =>
    shape.reduce((product, extent) => product * extent),
  ) as [number, number, number];
  return { flops: (2 * outputs * weights) / problem.outputs, bytes: 4 * (inputs + outputs + weights) };
}
