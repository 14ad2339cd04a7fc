import type { TrainingStage } from "../model/run";
import type { PrepareTrainer } from "./fit";
import { recipeOf } from "./recipe";
import { SELF_TEST_ANSWERS } from "./self-test-answers";
import { type Digest, differenceOf, digestOf, digits } from "./self-test-digest";
import { selfTestProblem } from "./self-test-problem";

/** What a device answers to a stage's problem, or what the float64 oracle does. */
export interface Answers {
  /** Terms of the step's loss, before the update. */
  readonly losses: Readonly<Record<string, number>>;
  /** Running means and variances after the step. */
  readonly statistics: Readonly<Record<string, Digest>>;
  /** Gradients of the whole objective by parameter. */
  readonly gradients: Readonly<Record<string, Digest>>;
  /** What the updated network says: logits [validation images, classes] in inference mode, and assignment probabilities by space. */
  readonly outputs: Readonly<Record<string, Digest>>;
}

export type SelfTestResult =
  | { readonly kind: "passed"; readonly milliseconds: number }
  /** `what` names the first tensor that is off, with both numbers, or the device's error. */
  | { readonly kind: "failed"; readonly what: string };

/**
 * Losses and statistics are single sums. Gradients are float32 sums of up to 3,072 products, behind batch norms over as few as 192 values:
 * 1e-3 is the golden problems' own bound.
 */
const TOLERANCES = { losses: 2e-5, statistics: 2e-5, gradients: 1e-3, outputs: 1e-3 } as const;

/** The part of a device that tells what it rejected. */
export interface ErrorScopes {
  pushErrorScope(filter: GPUErrorFilter): undefined;
  popErrorScope(): Promise<{ readonly message: string } | null>;
}

/** What a device rejects during the test is an answer to it; elsewhere it counts as the device's loss. */
const ERROR_FILTERS: readonly GPUErrorFilter[] = ["validation", "out-of-memory", "internal"];

/**
 * One small optimiser step of each stage and the validation after it, compared with the stored answers of the float64 oracle. They use every
 * kernel that training and evaluation in float32 use. Nothing else may use the device meanwhile.
 */
export async function selfTest(device: ErrorScopes, prepare: PrepareTrainer): Promise<SelfTestResult> {
  const startedAt = performance.now();
  const what = await faultOrError(device, async () => (await faultOf("group", prepare)) ?? (await faultOf("finetune", prepare)));
  return what === null ? { kind: "passed", milliseconds: performance.now() - startedAt } : { kind: "failed", what };
}

/** The first difference between a stage on a device and the oracle, null where there is none. */
async function faultOf(stage: TrainingStage, prepare: PrepareTrainer): Promise<string | null> {
  const difference = firstDifference(await answersOf(stage, prepare), SELF_TEST_ANSWERS[stage]);
  return difference === null ? null : `${stage === "group" ? "grouping" : "fine-tuning"} step: ${difference}`;
}

async function answersOf(stage: TrainingStage, prepare: PrepareTrainer): Promise<Answers> {
  const problem = selfTestProblem(stage);
  const recipe = recipeOf(problem.config, stage);
  const trainer = await prepare(problem, recipe);
  try {
    await trainer.step(0, recipe.stage.learningRate);
    const [report] = await trainer.takeReports();
    const { momentum, statistics } = await trainer.state(1);
    const assignments = stage === "group" ? await trainer.assignments() : new Map();
    const logits = digestOf(await trainer.validationLogits(1));
    return {
      losses: { ...report },
      statistics: digestsOf(statistics),
      // Momentum starts at rest: after one step it is the gradient.
      gradients: digestsOf(momentum),
      outputs: { ...digestsOf(assignments), logits },
    };
  } finally {
    trainer.dispose();
  }
}

export function digestsOf(tensors: ReadonlyMap<string, { readonly data: ArrayLike<number> }>): Record<string, Digest> {
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, digestOf(data)]));
}

/** In words, or null. Looks forward through the network and then back, so that what is named is nearest to the cause. */
export function firstDifference(actual: Answers, expected: Answers): string | null {
  for (const name of Object.keys(expected.statistics)) {
    const difference = differenceIn("statistics", name, actual, expected);
    if (difference !== null) return `running ${difference}`;
  }
  for (const [name, loss] of Object.entries(expected.losses)) {
    const got = actual.losses[name] ?? Number.NaN;
    if (!(Math.abs(got - loss) <= TOLERANCES.losses * Math.abs(loss)))
      return `loss ${name}: ${digits(got)} instead of ${digits(loss)}`;
  }
  for (const name of Object.keys(expected.gradients).reverse()) {
    const difference = differenceIn("gradients", name, actual, expected);
    if (difference !== null) return `gradient of ${difference}`;
  }
  for (const name of Object.keys(expected.outputs)) {
    const difference = differenceIn("outputs", name, actual, expected);
    if (difference !== null) return `after the update, ${difference}`;
  }
  return null;
}

function differenceIn(
  part: "statistics" | "gradients" | "outputs",
  name: string,
  actual: Answers,
  expected: Answers,
): string | null {
  const difference = differenceOf(actual[part][name] ?? [], expected[part][name]!, TOLERANCES[part]);
  return difference === null ? null : `${name}: ${difference}`;
}

/** What `work` finds, or what it throws, or what the device rejects meanwhile. */
async function faultOrError(device: ErrorScopes, work: () => Promise<string | null>): Promise<string | null> {
  for (const filter of ERROR_FILTERS) device.pushErrorScope(filter);
  let fault = await work().catch(messageOf);
  for (let open = ERROR_FILTERS.length; open > 0; open--) {
    // A lost device has no scopes: whoever waits for its loss hears of it.
    const error = await device.popErrorScope().catch(() => null);
    if (error !== null) fault = error.message;
  }
  return fault;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
