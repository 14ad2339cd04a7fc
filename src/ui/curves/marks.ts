import type { RunRecord, TrainingStage } from "../../model/run";
import type { Sleep } from "../../state/facts";
import { duration, moment } from "../kit/format";
import { text } from "../text";

/** Something that happened before a step, as a line in a chart. */
export interface Mark {
  readonly kind: "slept" | "resumed" | "rate";
  readonly step: number;
  /** Beside the line. */
  readonly label: string;
  /** In the sentence below the charts. */
  readonly words: string;
}

/** What happened in a stage up to its last step so far. Resumes at the same step are one mark: that of the last. */
export function marksOf(
  stage: TrainingStage,
  { config, resumes }: Pick<RunRecord, "config" | "resumes">,
  sleeps: readonly Sleep[],
  lastStep: number,
): readonly Mark[] {
  const lastAtStep = new Map(resumes.filter((resume) => resume.stage === stage).map((resume) => [resume.step, resume]));
  const resumed = [...lastAtStep.values()].map(({ step, retaken, time }): Mark => {
    const words = text.curves.resumedBefore(step, retaken, moment(time));
    return { kind: "resumed", step, label: text.curves.resumed, words };
  });
  const slept = sleeps
    .filter((sleep) => sleep.stage === stage)
    .map(({ step, seconds }): Mark => {
      const time = duration(seconds);
      return { kind: "slept", step, label: text.curves.slept(time), words: text.curves.sleptBefore(time, step) };
    });
  const rates = config[stage].learningRateDrops
    .filter(({ step }) => step <= lastStep)
    .map(({ step, factor }): Mark => {
      const label = text.curves.rateDrop(factor);
      return { kind: "rate", step, label, words: text.curves.rateDropAt(factor, step) };
    });
  return [...rates, ...resumed, ...slept].sort((a, b) => a.step - b.step);
}
