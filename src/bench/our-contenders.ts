import type { BenchContext, Contender } from "./contender";
import type { ConvolutionProblem } from "./convolution-problem";
import type { RateProblem } from "./rate-problem";
import { recordedConvolution, recordedMatmul, recordedStep } from "./recorded-contenders";
import type { StepProblem } from "./step-problem";

/** What a step of ours costs beside time, counted after the first step. */
export interface Counters {
  readonly dispatchesPerStep: number | null;
  readonly submitsPerStep: number | null;
  /** Buffers, bind groups and pipelines made in a step. */
  readonly createdPerStep: number | null;
  /** Device memory at its peak, the data set left out. */
  readonly peakBytes: number | null;
  /** Median time of our own code on the processor. */
  readonly hostMsPerStep: number | null;
}

export const NO_COUNTERS: Counters = {
  dispatchesPerStep: null,
  submitsPerStep: null,
  createdPerStep: null,
  peakBytes: null,
  hostMsPerStep: null,
};

type PrepareOurs<Problem> = (problem: Problem, context: BenchContext) => Promise<Contender>;

/** Our engine in every kind of case, null where it has no part of its own. */
export interface OurContenders {
  readonly "step/group": PrepareOurs<StepProblem> | null;
  readonly "step/finetune": PrepareOurs<StepProblem> | null;
  readonly "conv/forward": PrepareOurs<ConvolutionProblem> | null;
  readonly "conv/input-gradient": PrepareOurs<ConvolutionProblem> | null;
  readonly "conv/filter-gradient": PrepareOurs<ConvolutionProblem> | null;
  readonly "rate/matmul": PrepareOurs<RateProblem> | null;
  readonly "rate/copy": PrepareOurs<RateProblem> | null;
}

/** The one place where our engine enters the benchmarks. */
export const OUR_CONTENDERS: OurContenders = {
  "step/group": recordedStep,
  "step/finetune": recordedStep,
  "conv/forward": recordedConvolution,
  "conv/input-gradient": recordedConvolution,
  "conv/filter-gradient": recordedConvolution,
  "rate/matmul": recordedMatmul,
  "rate/copy": null,
};
