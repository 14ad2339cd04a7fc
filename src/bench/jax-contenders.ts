import { blockUntilReady, getWebGPUDevice, jit, lax, numpy as np, random, vjp } from "@jax-js/jax";
import type { Contender } from "./contender";
import { type ConvolutionProblem, convolutionShapes } from "./convolution-problem";
import { openJax } from "./jax-engine";
import { JaxTrainer } from "./jax-trainer";
import type { RateProblem } from "./rate-problem";
import { hostBatches, type StepProblem } from "./step-problem";

/** The same host batches as the stock contender's, one jitted step, its losses read back. */
export async function jaxStep(problem: StepProblem): Promise<Contender> {
  await openJax();
  const { fit, recipe } = problem;
  const { learningRate, dropoutKeep } = recipe.stage;
  const batchAt = hostBatches(problem);
  const trainer = new JaxTrainer(fit.spec, recipe.trainer, dropoutKeep, fit.start);
  let step = 0;
  return {
    async run() {
      await trainer.step(batchAt(step), learningRate, [fit.config.seed, step]);
      step++;
    },
    dispose: () => trainer.dispose(),
  };
}

/** A convolution, or what reverse-mode differentiation makes of it, jitted alone. */
export async function jaxConvolution(problem: ConvolutionProblem): Promise<Contender> {
  await openJax();
  const { input, output, filter } = convolutionShapes(problem);
  const x = noise([input[0], input[3], input[1], input[2]]);
  const dy = noise([output[0], output[3], output[1], output[2]]);
  const w = noise([filter[3], filter[2], filter[0], filter[1]]);
  const { stride, repeats } = problem;
  const convolve = (image: np.Array, kernel: np.Array): np.Array =>
    lax.convGeneralDilated(image, kernel, [stride, stride], "SAME");
  switch (problem.pass) {
    case "forward":
      dy.dispose();
      return repeating(convolve, x, w, repeats);
    case "input-gradient":
      x.dispose();
      return repeating((kernel, gradient) => pulledBack((image) => convolve(image, kernel), x.shape, gradient), w, dy, repeats);
    case "filter-gradient":
      w.dispose();
      return repeating((image, gradient) => pulledBack((kernel) => convolve(image, kernel), w.shape, gradient), x, dy, repeats);
    default:
      return problem.pass satisfies never;
  }
}

export async function jaxMatmul({ size, repeats }: RateProblem): Promise<Contender> {
  await openJax();
  return repeating((a, b) => np.matmul(a, b), noise([size, size]), noise([size, size]), repeats);
}

/** Gradient of a linear function; where it is taken does not matter. */
function pulledBack(linear: (x: np.Array) => np.Array, shape: number[], gradient: np.Array): np.Array {
  const [value, back] = vjp(linear, [np.zeros(shape)]);
  const [result] = back(gradient);
  value.dispose();
  back.dispose();
  return result as np.Array;
}

function repeating(operation: (a: np.Array, b: np.Array) => np.Array, a: np.Array, b: np.Array, repeats: number): Contender {
  const compiled = jit(operation);
  return {
    async run() {
      const results = Array.from({ length: repeats }, () => compiled(a.ref, b.ref));
      await blockUntilReady(results);
      await getWebGPUDevice().queue.onSubmittedWorkDone();
      for (const result of results) result.dispose();
    },
    dispose() {
      compiled.dispose();
      a.dispose();
      b.dispose();
    },
  };
}

function noise(shape: number[]): np.Array {
  return random.normal(random.key(1), shape);
}
