import { DivergenceError } from "../base/errors";
import type { Config } from "../model/config";
import type { StepMetric } from "../model/run";

/** Guessing among C classes has a cross-entropy of ln C; a network that is this many times worse has unlearnt what the start knew. */
const TIMES_CHANCE = 10;
/** One bad batch is none; so many steps in a row do not come back. */
const STEPS_IN_A_ROW = 50;

/** Looks at every step's loss; ends a stage that no longer learns. */
export class DivergenceWatch {
  readonly #config: Config;
  readonly #bound: number;
  /** Step of the last checkpoint. */
  #good: number;
  #inARow = 0;

  /** `start`: the step that the stage begins or resumes at. */
  constructor(config: Config, classes: number, start: number) {
    this.#config = config;
    this.#bound = TIMES_CHANCE * Math.log(classes);
    this.#good = start;
  }

  /** Whether the latest step was bad: a state of now may not be worth keeping. */
  get suspicious(): boolean {
    return this.#inARow > 0;
  }

  /** A checkpoint of that step is written. */
  checkpointed(step: number): void {
    this.#good = step;
  }

  /** Throws DivergenceError on a loss that is no finite number, and on one far above chance for long. */
  look({ step, learningRate, total, crossEntropy }: StepMetric): void {
    if (!Number.isFinite(total)) throw this.diverged(step, learningRate, "is not a finite number");
    this.#inARow = crossEntropy > this.#bound ? this.#inARow + 1 : 0;
    if (this.#inARow < STEPS_IN_A_ROW) return;
    throw this.diverged(
      step,
      learningRate,
      `has exploded: its cross-entropy was above ${this.#bound.toFixed(1)} for ${STEPS_IN_A_ROW} steps, ${TIMES_CHANCE} times that of guessing`,
    );
  }

  /** The error, with the next move: which checkpoint is kept and which rate to try. */
  diverged(step: number, learningRate: number, what: string): DivergenceError {
    const overflow = this.#config.precision === "f16" ? ' Or set precision to "f32": half precision overflows at 65,504.' : "";
    const kept =
      this.#good === 0 ? "" : ` The checkpoint of step ${this.#good}, from before, is kept: Resume takes the run up there.`;
    return new DivergenceError(
      `the loss of step ${step} ${what} (learning rate ${learningRate})`,
      `Use the run's settings for a new one with a lower learning rate, for example ${learningRate / 2}.${kept}${overflow}`,
    );
  }
}
