import { normals, randomStream } from "../base/random";
import { sizeOf } from "../base/tensor";
import { recordConvForward, recordConvInputGradient } from "../kernels/conv";
import type { ConvGeometry } from "../kernels/conv-geometry";
import { type BufferView, DeviceMemory } from "../kernels/device-memory";
import { filterGradientSlices, recordFilterGradient } from "../kernels/filter-gradient";
import { Recorder } from "../kernels/recorder";
import { recordGradientSum } from "../kernels/sum-gradients";
import { chooseConv, UNTUNED } from "../kernels/tuning-choice";
import { recordWinograd, usesWinograd } from "../kernels/winograd";
import { TRANSFORM_SCALE } from "../kernels/winograd-weights";
import { prepareRecordedTrainer } from "../train/recorded-trainer";
import type { BenchContext, Contender } from "./contender";
import { type ConvolutionProblem, convolutionShapes } from "./convolution-problem";
import type { RateProblem } from "./rate-problem";
import { stageContender } from "./stage-contender";
import type { StepProblem } from "./step-problem";

/** Our engine's part in the benchmarks: recordings, replayed. */

export async function recordedStep({ fit, recipe }: StepProblem, { device }: BenchContext): Promise<Contender> {
  return stageContender(await prepareRecordedTrainer(device.device, fit, recipe, "f32", UNTUNED[device.report.kind]), recipe);
}

/** A filter gradient with the dispatch that adds its slices. */
export async function recordedConvolution(problem: ConvolutionProblem, { device }: BenchContext): Promise<Contender> {
  const memory = new DeviceMemory(device.device);
  const recorder = new Recorder(memory);
  const geometry = geometryOf(problem);
  const shapes = convolutionShapes(problem);
  const random = (label: string, count: number): BufferView =>
    memory.upload(label, normals(randomStream(7, "sample"), count, 1, label.length));
  const [x, dy] = [random("x", (sizeOf(shapes.input) / problem.inputs) * geometry.inputs), random("dy", sizeOf(shapes.output))];
  const weights = random("weights", problem.kernelSize ** 2 * geometry.inputs * geometry.outputs);
  const label = "bench";
  const tuning = UNTUNED[device.report.kind];
  const winograd = usesWinograd(tuning, geometry, device.device.limits.maxStorageBufferBindingSize);
  // Filters are transformed once a step for all passes: not part of one.
  const transformed = memory.allocate("transformed weights", TRANSFORM_SCALE * weights.bytes);
  switch (problem.pass) {
    case "forward": {
      const output = memory.allocate("y", dy.bytes);
      const pass = { label, geometry, input: x, addend: null, output };
      if (winograd) recordWinograd(recorder, { ...pass, weights: transformed }, "forward");
      else recordConvForward(recorder, { ...pass, weights }, chooseConv(tuning, "forward", geometry));
      break;
    }
    case "input-gradient": {
      const output = memory.allocate("dx", x.bytes);
      const pass = { label, geometry, input: dy, addend: null, output };
      if (winograd) recordWinograd(recorder, { ...pass, weights: transformed }, "input-gradient");
      else recordConvInputGradient(recorder, { ...pass, weights }, chooseConv(tuning, "input-gradient", geometry));
      break;
    }
    case "filter-gradient": {
      const { slices, sliceStride } = filterGradientSlices(geometry);
      const partial = recorder.temporary("partial", 4 * slices * sliceStride);
      const pass = { label, geometry, input: x, outputGradient: dy, partial };
      recordFilterGradient(recorder, pass, chooseConv(tuning, "filter-gradient", geometry));
      const gradients = memory.allocate("dw", 4 * sliceStride);
      const segment = { partialOffset: 0, slices, sliceStride, count: weights.bytes / 4, gradientOffset: 0 };
      recordGradientSum(recorder, { segments: [segment], partial, gradients, scale: 1 });
      break;
    }
    default:
      problem.pass satisfies never;
  }
  return replaying(memory, recorder, problem.repeats);
}

/** A matrix product as a convolution of single pixels, which is what it is. */
export async function recordedMatmul({ size, repeats }: RateProblem, { device }: BenchContext): Promise<Contender> {
  const memory = new DeviceMemory(device.device);
  const recorder = new Recorder(memory);
  const block = { inputStart: 0, inputs: size, outputStart: 0, outputs: size, weightOffset: 0 };
  const geometry: ConvGeometry = {
    ...{ batch: size, height: 1, width: 1, kernelSize: 1, stride: 1 },
    ...{ inputs: size, outputs: size, blocks: [block] },
  };
  const [a, b] = [1, 2].map((which) => memory.upload("factor", normals(randomStream(7, "sample"), size ** 2, 1, which)));
  const output = memory.allocate("product", 4 * size ** 2);
  const pass = { label: "matmul", geometry, input: a!, weights: b!, addend: null, output };
  recordConvForward(recorder, pass, chooseConv(UNTUNED[device.report.kind], "forward", geometry));
  return replaying(memory, recorder, repeats);
}

async function replaying(memory: DeviceMemory, recorder: Recorder, repeats: number): Promise<Contender> {
  const recording = await recorder.finish();
  return {
    async run() {
      for (let i = 0; i < repeats; i++) recording.submit();
      await memory.device.queue.onSubmittedWorkDone();
    },
    dispose: () => memory.dispose(),
  };
}

/** Three-channel images have a fourth channel of zeros on the device. */
function geometryOf({ batchSize, size, inputs, outputs, kernelSize, stride }: ConvolutionProblem): ConvGeometry {
  const padded = 4 * Math.ceil(inputs / 4);
  return {
    batch: batchSize,
    height: size,
    width: size,
    kernelSize: kernelSize === 1 ? 1 : 3,
    stride: stride === 1 ? 1 : 2,
    inputs: padded,
    outputs,
    blocks: [{ inputStart: 0, inputs: padded, outputStart: 0, outputs, weightOffset: 0 }],
  };
}
