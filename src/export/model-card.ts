import type { StageConfig } from "../model/config";
import type { StageColumns } from "../model/curve-columns";
import type { RunRecord, TrainingStage } from "../model/run";
import type { ExportInput } from "./export-input";
import { table, whole } from "./markdown";

/** Sections of the model card that say what the network is for, where it comes from, and how far it was checked. */

export function usageSection({ run }: ExportInput): string {
  return `## Intended use

Classifying 32 x 32 RGB images into the ${run.classes.length} classes below, and studying networks whose branches share nothing but the trunk: each branch can live
on a device of its own and decides its own classes. It is a research model.

It always answers with one of its classes, also for images that show none of them, and its probabilities are not calibrated. It has seen only the
kind of images it was trained on, of that size; larger photographs must be cropped and shrunk first. It was not tested for fairness, for robustness against
disturbed images, or for any use in which an error harms somebody: do not use it there.
`;
}

export function trainingSection(input: ExportInput): string {
  const { run, curves } = input;
  const rows = (["group", "finetune"] as const).map((stage) => stageRow(stage, run, curves[stage]));
  const head = ["stage", "steps", "batch", "learning rate", "weight decay", "dropout keeps", "time"];
  return `## Training

Stochastic gradient descent with momentum; crops, mirror images and whitening per image. ${groupsSentence(run.config)} \`finetune\` trains the network that was cut along those groups. ${PRECISIONS[run.config.precision]}, on a
WebGPU device that the run does not name. \`config.json\` has every value, \`metrics.csv\` and \`runs/\` every step.

${table(head, rows)}
Time is from the first to the last recorded step, pauses included.${resumesNote(run)}
`;
}

function groupsSentence({ fixedGroups }: RunRecord["config"]): string {
  return fixedGroups === null
    ? "Stage `group` learns with penalties which classes and\nchannels belong together;"
    : `Groups were given (${fixedGroups.source}), not learned: stage \`group\`\nmakes the network fit them;`;
}

const PRECISIONS: Readonly<Record<RunRecord["config"]["precision"], string>> = {
  f32: "Computed in float32",
  f16: "Activations are kept in float16, all else in float32",
};

function stageRow(stage: TrainingStage, { config }: RunRecord, columns: StageColumns): string[] {
  const recipe: StageConfig = config[stage];
  const drops = recipe.learningRateDrops.map(({ step, factor }) => `, times ${factor} from step ${whole(step)}`).join("");
  return [
    `\`${stage}\``,
    `${whole(columns.steps.step.length)} of ${whole(recipe.steps)}`,
    whole(recipe.batchSize),
    `${recipe.learningRate}${drops}`,
    String(recipe.weightDecay),
    String(recipe.dropoutKeep),
    hours(columns.steps.time),
  ];
}

/** Between the first and the last of Unix times in milliseconds. */
function hours(times: Float64Array): string {
  if (times.length === 0) return "none recorded";
  const seconds = Math.round((times.at(-1)! - times[0]!) / 1000);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hour > 0 ? `${whole(hour)} h ${minute} min` : `${minute} min ${seconds % 60} s`;
}

function resumesNote({ resumes, forkedFrom }: RunRecord): string {
  const resumed =
    resumes.length === 0 ? "" : ` Taken up again ${resumes.length === 1 ? "once" : `${whole(resumes.length)} times`}.`;
  const forked =
    forkedFrom === null
      ? ""
      : ` Begun with step ${whole(forkedFrom.step)} of \`${forkedFrom.stage}\` of run \`${forkedFrom.runId}\`.`;
  return resumed + forked;
}

export function licenseSection(): string {
  return `## Licence

The code in this bundle and in this card is MIT-licensed, as SplitNet Studio is. The weights belong to who trained them, under the terms of the images they were
trained on: state a licence of your own here, and as \`license:\` at the top of this file, before you publish them.
`;
}
