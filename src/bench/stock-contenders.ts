import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { backend, conv2d, engine, matMul, randomNormal, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { DeviceError } from "../base/errors";
import { prepareStockTrainer } from "../train/stock/stage-trainer";
import type { BenchContext, Contender } from "./contender";
import { type ConvolutionProblem, convolutionShapes } from "./convolution-problem";
import type { RateProblem } from "./rate-problem";
import { stageContender } from "./stage-contender";
import type { StepProblem } from "./step-problem";

/** Steps as `fit` takes them, augmentation included. */
export async function stockStep({ fit, recipe }: StepProblem, { device }: BenchContext): Promise<Contender> {
  return stageContender(await prepareStockTrainer(device, fit, recipe), recipe);
}

/** The kernels that the tensor engine's own gradients call. */
export async function stockConvolution(problem: ConvolutionProblem, context: BenchContext): Promise<Contender> {
  const { input, output, filter } = convolutionShapes(problem);
  const [x, dy, w] = [randomNormal(input), randomNormal(output), randomNormal(filter)] as [Tensor4D, Tensor4D, Tensor4D];
  const attributes = { strides: problem.stride, pad: "same", dataFormat: "NHWC" };
  const operation = (): Tensor => {
    switch (problem.pass) {
      case "forward":
        return conv2d(x, w, problem.stride as 1 | 2, "same");
      case "input-gradient":
        return engine().runKernel("Conv2DBackpropInput", { dy, filter: w }, { ...attributes, inputShape: input });
      case "filter-gradient":
        return engine().runKernel("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: filter });
      default:
        return problem.pass satisfies never;
    }
  };
  return repeating(operation, [x, dy, w], problem.repeats, context);
}

export async function stockMatmul({ size, repeats }: RateProblem, context: BenchContext): Promise<Contender> {
  const [a, b] = [randomNormal([size, size]), randomNormal([size, size])];
  return repeating(() => matMul(a, b), [a, b], repeats, context);
}

/** A plain copy by the device's queue: no tensor engine has a faster one. */
export async function deviceCopy({ size, repeats }: RateProblem, { device: { device } }: BenchContext): Promise<Contender> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = ["bench copy source", "bench copy target"].map((label) => device.createBuffer({ label, size, usage })) as [
    GPUBuffer,
    GPUBuffer,
  ];
  return {
    async run() {
      const encoder = device.createCommandEncoder({ label: "bench copy" });
      for (let i = 0; i < repeats; i++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    dispose() {
      from.destroy();
      to.destroy();
    },
  };
}

function repeating(operation: () => Tensor, inputs: readonly Tensor[], repeats: number, context: BenchContext): Contender {
  return {
    async run() {
      const results = Array.from({ length: repeats }, operation);
      await finished(context);
      for (const result of results) result.dispose();
    },
    dispose() {
      for (const input of inputs) input.dispose();
    },
  };
}

/** Submits what the tensor engine has recorded and waits for it. */
async function finished({ device: { device } }: BenchContext): Promise<void> {
  const webgpu = backend();
  if (!(webgpu instanceof WebGPUBackend)) throw new DeviceError("no WebGPU device is open", "Open a device first.");
  webgpu.ensureCommandEncoderReady();
  webgpu.endComputePassEncoder();
  webgpu.submitQueue();
  await device.queue.onSubmittedWorkDone();
}
