import type { BenchCase, BenchContext, Contender, Prepare } from "./contender";
import { type ConvolutionProblem, convolutionCost, convolutionName, convolutionProblems } from "./convolution-problem";
import { jaxConvolution, jaxMatmul, jaxStep } from "./jax-contenders";
import { OUR_CONTENDERS } from "./our-contenders";
import { type RateProblem, rateCost, rateProblems } from "./rate-problem";
import { type StepProblem, stepName, stepProblem, trainingFlops, unevenSplit } from "./step-problem";
import { deviceCopy, stockConvolution, stockMatmul, stockStep } from "./stock-contenders";

const DEPTH = 16;
const WIDEN = 2;
const BATCH_SIZE = 16;
/** On a GPU one convolution is shorter than the wait for it; on a processor it is long enough. */
const REPEATS_ON_HARDWARE = 20;

/** A case of the list, and for whole steps what a step is. */
export interface ListedCase extends BenchCase {
  readonly step: StepProblem | null;
}

/** Everything that is measured: whole steps first, then single convolutions, then what the device can do. */
export function benchCases(context: BenchContext): ListedCase[] {
  const software = context.device.report.kind === "software";
  const repeats = software ? 1 : REPEATS_ON_HARDWARE;
  const group = stepProblem("group", DEPTH, WIDEN, BATCH_SIZE);
  return [
    stepCase(group, context),
    stepCase(stepProblem("finetune", DEPTH, WIDEN, BATCH_SIZE), context),
    unevenCase(stepProblem("finetune", DEPTH, WIDEN, BATCH_SIZE, unevenSplit), context),
    ...convolutionProblems(group.fit.spec, BATCH_SIZE, repeats).map((problem) => convolutionCase(problem, context)),
    ...rateProblems(software, repeats).map((problem) => rateCase(problem, context)),
  ];
}

function stepCase(step: StepProblem, context: BenchContext): ListedCase {
  return {
    name: stepName(step.fit.stage, step.fit.config, step.batchSize),
    unit: "ms",
    repeats: 1,
    flops: step.batchSize * trainingFlops(step.fit.spec),
    bytes: null,
    images: step.batchSize,
    step,
    contenders: {
      ours: bound(OUR_CONTENDERS[`step/${step.fit.stage}`], step, context),
      stock: bound(stockStep, step, context),
      jaxjs: bound(jaxStep, step, context),
    },
  };
}

/** Ours alone: uneven groups should cost what their FLOPs say. */
function unevenCase(step: StepProblem, context: BenchContext): ListedCase {
  const { contenders, name, ...rest } = stepCase(step, context);
  return { ...rest, name: name.replace("step/", "uneven/"), contenders: { ...contenders, stock: null, jaxjs: null } };
}

function convolutionCase(problem: ConvolutionProblem, context: BenchContext): ListedCase {
  return {
    name: convolutionName(problem),
    unit: "ms",
    repeats: problem.repeats,
    ...convolutionCost(problem),
    images: null,
    step: null,
    contenders: {
      ours: bound(OUR_CONTENDERS[`conv/${problem.pass}`], problem, context),
      stock: bound(stockConvolution, problem, context),
      jaxjs: bound(jaxConvolution, problem, context),
    },
  };
}

function rateCase(problem: RateProblem, context: BenchContext): ListedCase {
  const matmul = problem.kind === "matmul";
  return {
    name: `rate/${problem.kind}`,
    unit: "ms",
    repeats: problem.repeats,
    ...rateCost(problem),
    images: null,
    step: null,
    contenders: {
      ours: bound(OUR_CONTENDERS[`rate/${problem.kind}`], problem, context),
      stock: bound(matmul ? stockMatmul : deviceCopy, problem, context),
      jaxjs: matmul ? bound(jaxMatmul, problem, context) : null,
    },
  };
}

function bound<Problem>(
  prepare: ((problem: Problem, context: BenchContext) => Promise<Contender>) | null,
  problem: Problem,
  context: BenchContext,
): Prepare | null {
  return prepare === null ? null : () => prepare(problem, context);
}
