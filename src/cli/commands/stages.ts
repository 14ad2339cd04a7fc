import type { ExportFile } from "../../export/zip";
import type { Config } from "../../model/config";
import { WEIGHT_VARIANTS } from "../../model/weight-variant";
import { classesNamed } from "../class-names";
import type { Command, CommandResult, Invocation } from "../command";
import { CONFIGURATION_NOTES, CONFIGURATION_OPTIONS, readConfiguration } from "../configuration";
import { exportZip } from "../export-zip";
import { RunFolder } from "../run-folder";
import { reportText, runReport } from "../run-report";
import { evaluate, finetune, group, inSession, split, trainAndEvaluate } from "../run-stages";
import type { Session, Wish } from "../session";
import { choice, choices, integer, type OptionValues, optionalText, requiredText, texts } from "../values";
import { verifyMade } from "../verifying";

const DATA_OPTION = { data: { type: "string", multiple: true } } as const;
const DATA_NOTE = "--data ARCHIVE   archive of the images (repeat for loose files); remembered in the folder";
const EMPTY_GROUPS = ["fail", "assign-nearest"] as const;
const EMPTY_GROUPS_OPTION = { "empty-groups": { type: "string" } } as const;
const EMPTY_GROUPS_NOTE = `--empty-groups X ${EMPTY_GROUPS.join(" or ")}: what to do with a group without members, instead of the run's own rule`;
const RUN_NOTE = "--run DIR        folder of the run";

export const runCommand: Command = {
  name: "run",
  synopsis: "--data ARCHIVE --preset NAME [--config FILE] [--published] --out DIR",
  summary: "all stages and the export; the same command again continues where it stopped",
  notes: ["--out DIR        folder of the run", DATA_NOTE, ...CONFIGURATION_NOTES, EMPTY_GROUPS_NOTE],
  options: { out: { type: "string" }, ...DATA_OPTION, ...CONFIGURATION_OPTIONS, ...EMPTY_GROUPS_OPTION },
  positionals: [0, 0],
  async run(invocation: Invocation) {
    const folder = new RunFolder(requiredText(invocation.values, "out"));
    await inSession(folder, await wishOf(invocation.values), invocation, async (session) => {
      await trainAndEvaluate(session, emptyGroupsOf(invocation.values));
      await exportZip(session);
    });
    return report(folder);
  },
};

export const groupCommand: Command = {
  name: "group",
  synopsis: "--run DIR [--data ARCHIVE --preset NAME [--config FILE] [--published]]",
  summary: "stage 1: learn which classes and channels belong together; starts the run if the folder holds none",
  notes: [RUN_NOTE, DATA_NOTE, ...CONFIGURATION_NOTES],
  options: { run: { type: "string" }, ...DATA_OPTION, ...CONFIGURATION_OPTIONS },
  positionals: [0, 0],
  async run(invocation: Invocation) {
    const folder = new RunFolder(requiredText(invocation.values, "run"));
    await inSession(folder, await wishOf(invocation.values), invocation, group);
    return report(folder);
  },
};

export const splitCommand = stageCommand({
  name: "split",
  summary: "cut the grouped network into its branches",
  notes: [EMPTY_GROUPS_NOTE],
  options: EMPTY_GROUPS_OPTION,
  work: (session, { values }) => split(session, emptyGroupsOf(values)),
});

export const finetuneCommand = stageCommand({
  name: "finetune",
  summary: "stage 2: train the split network on",
  work: finetune,
});

export const evaluateCommand = stageCommand({
  name: "evaluate",
  summary: "accuracy of the unsplit and the split network on the test images",
  work: evaluate,
});

export const exportCommand = stageCommand({
  name: "export",
  summary: "write the split network as a zip: ONNX, safetensors, config.json, README.md and metrics",
  notes: [
    "--out FILE       the zip to write (splitnet-ID.zip in the run's folder)",
    `--variant X      ${WEIGHT_VARIANTS.join(" or ")} (repeat for both): weights in a smaller form as well, with their measured accuracy`,
    "--classes A,B    only these classes, by names or numbers: trunk and branches that decide them",
    "--verify         run its graphs in ONNX Runtime and TensorFlow.js first: the model card gets the figures, and what differs is not written",
    "--gpus X         GPUs of the machine that is to serve it with Triton, 0 for none (one for each leaf of the tree)",
  ],
  options: {
    out: { type: "string" },
    variant: { type: "string", multiple: true },
    classes: { type: "string" },
    verify: { type: "boolean" },
    gpus: { type: "string" },
  },
  work: exportChosen,
});

interface StageCommand {
  readonly name: string;
  readonly summary: string;
  readonly notes?: readonly string[];
  readonly options?: Command["options"];
  work(session: Session, invocation: Invocation): Promise<void>;
}

/** A command over an existing run. */
function stageCommand({ name, summary, notes = [], options = {}, work }: StageCommand): Command {
  const flags = Object.entries(options).map(([option, { type }]) => {
    const value = type === "boolean" ? "" : option === "out" ? " FILE" : " X";
    return ` [--${option}${value}]`;
  });
  return {
    name,
    synopsis: `--run DIR [--data ARCHIVE]${flags.join("")}`,
    summary,
    notes: [RUN_NOTE, DATA_NOTE, ...notes],
    options: { run: { type: "string" }, ...DATA_OPTION, ...options },
    positionals: [0, 0],
    async run(invocation: Invocation) {
      const folder = new RunFolder(requiredText(invocation.values, "run"));
      const wish = { config: null, data: texts(invocation.values, "data"), starts: false };
      await inSession(folder, wish, invocation, (session) => work(session, invocation));
      return report(folder);
    },
  };
}

function emptyGroupsOf(values: OptionValues): Config["emptyGroups"] | undefined {
  return choice(values, "empty-groups", EMPTY_GROUPS);
}

async function wishOf(values: OptionValues): Promise<Wish> {
  const given = [values.preset, values.config, values.published].some((value) => value !== undefined);
  return { config: given ? await readConfiguration(values) : null, data: texts(values, "data"), starts: true };
}

async function report(folder: RunFolder): Promise<CommandResult> {
  const json = await runReport(folder);
  return { json, text: reportText(json) };
}

async function exportChosen(session: Session, invocation: Invocation): Promise<void> {
  const { values } = invocation;
  const variants = choices(values, "variant", WEIGHT_VARIANTS);
  const wanted = optionalText(values, "classes");
  const classes = wanted === undefined ? null : classesNamed(wanted, (await session.record()).classes);
  const gpus = values.gpus === undefined ? {} : { gpus: integer(values, "gpus", 0, 0) };
  const verify = values.verify === true ? (files: readonly ExportFile[]) => verifyMade(files, invocation) : undefined;
  await exportZip(session, optionalText(values, "out"), { variants, classes, ...gpus }, verify);
}
