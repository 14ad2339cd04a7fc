import type { EngineFact } from "../engine/context";
import type { Config } from "../model/config";
import type { RunTrouble } from "../model/run";
import { formatDuration, formatShare } from "./format";
import type { Progress } from "./progress";

/** Tells what the engine reports, and adds up what training took. */
export class Narrator {
  readonly #progress: Progress;
  readonly #config: Config;
  #loss = Number.NaN;
  #step = 0;
  #images = 0;
  #stepSeconds = 0;

  constructor(progress: Progress, config: Config) {
    this.#progress = progress;
    this.#config = config;
  }

  /** Images trained on so far, and the seconds of their steps. */
  get work(): { readonly images: number; readonly stepSeconds: number } {
    return { images: this.#images, stepSeconds: this.#stepSeconds };
  }

  /** Where training stands, for the line that says it was interrupted. */
  get step(): number {
    return this.#step;
  }

  readonly tell = (fact: EngineFact): void => {
    switch (fact.kind) {
      case "metrics":
        for (const metric of fact.metrics) {
          if (metric.kind === "step") this.#loss = metric.total;
          else {
            const { stage, step, top1, loss } = metric;
            this.#progress.note(`${stage}: validation after step ${step}: top-1 ${formatShare(top1)}, loss ${loss.toFixed(3)}`);
          }
        }
        break;
      case "rewound":
        if (fact.step > 0) this.#progress.note(`${fact.stage}: continuing after step ${fact.step}`);
        break;
      case "progress":
        this.#advance(fact);
        break;
      case "evaluating":
        this.#progress.show(`evaluate: ${formatShare(fact.imagesDone / fact.imagesTotal)} of ${fact.imagesTotal} images`);
        break;
      case "exporting":
        this.#progress.show(`export: file ${Math.min(fact.filesDone + 1, fact.filesTotal)} of ${fact.filesTotal}`);
        break;
      case "troubled":
        this.#warn(fact.trouble);
        break;
      case "recorded":
      case "paused":
      case "assignments":
      case "checkpointed":
      case "planned":
      case "evaluated":
        break;
      default:
        fact satisfies never;
    }
  };

  #warn(trouble: RunTrouble): void {
    switch (trouble.kind) {
      case "deviceLost":
        this.#progress.note(`warning: ${trouble.reason}; ${trouble.stage} goes on after step ${trouble.step} on a new device`);
        break;
      case "previousCopy":
        this.#progress.note(
          `warning: the last checkpoint of ${trouble.stage} is damaged; the one of step ${trouble.step} was read`,
        );
        break;
      case "retaking":
        this.#progress.note(
          `warning: the last checkpoint of ${trouble.stage} is damaged; steps ${trouble.step} to ${trouble.steps} are taken again`,
        );
        break;
      case "retaken":
        this.#progress.note(`the last checkpoint of ${trouble.stage} is written again`);
        break;
      case "unsaved":
        this.#progress.note(`warning: ${trouble.error.message}; training goes on in memory. ${trouble.error.cure}`);
        break;
      case "retakenDiffers":
        this.#progress.note(
          `warning: step ${trouble.step} of ${trouble.stage}, taken again, came out otherwise than the first time: another device, driver or version computes now`,
        );
        break;
      case "savedAgain":
        this.#progress.note("storage works again: the checkpoint is written");
        break;
      default:
        trouble satisfies never;
    }
  }

  #advance({ stage, step, steps, imagesPerSecond }: Extract<EngineFact, { kind: "progress" }>): void {
    const images = (step - this.#step) * this.#config[stage].batchSize;
    this.#step = step;
    if (imagesPerSecond === null) return;
    this.#images += images;
    this.#stepSeconds += images / imagesPerSecond;
    const left = ((steps - step) * this.#config[stage].batchSize * this.#stepSeconds) / this.#images;
    this.#progress.show(
      `${stage}: ${formatShare(step / steps)}, step ${step} of ${steps}, loss ${this.#loss.toFixed(3)}, ` +
        `${imagesPerSecond.toFixed(1)} images/s, ${formatDuration(left)} left`,
    );
  }
}
