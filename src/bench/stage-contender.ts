import type { Recipe } from "../train/recipe";
import type { StageTrainer } from "../train/stage-trainer";
import type { Contender } from "./contender";

/** A trainer's steps one after the other, each waited for by reading its report back. */
export function stageContender(trainer: StageTrainer, { stage: { learningRate } }: Recipe): Contender {
  let step = 0;
  return {
    async run() {
      await trainer.step(step, learningRate);
      await trainer.takeReports();
      step++;
    },
    dispose: () => trainer.dispose(),
  };
}
