import { resolve } from "node:path";
import { learnedRun } from "../../engine/controls";
import { parseGrouping } from "../../model/grouping";
import type { Command, Invocation } from "../command";
import { controlReport, controlText } from "../control-report";
import { COMPARISONS, type Comparison, trainControls } from "../control-runs";
import { readGivenGroups } from "../given-groups";
import { RunFolder } from "../run-folder";
import { listOf, type OptionValues, optionalText, requiredText, seedsOf, texts, UsageError } from "../values";

export const controlsCommand: Command = {
  name: "controls",
  synopsis: "--run DIR --out DIR [--only A,B] [--seeds 1,2,3] [--groups FILE] [--data ARCHIVE]",
  summary: "train what a run's learned groups are compared with; the same command again continues where it stopped",
  notes: [
    "--run DIR        folder of the run that learned its groups",
    "--out DIR        folder of the controls, each a run in a folder of its own such as random-1",
    `--only A,B       some of ${COMPARISONS.join(", ")} (all that can be)`,
    "--seeds 1,2,3    seeds of the controls, and of learned runs beside the run's own (the run's seed)",
    '--groups FILE    groups for manual: JSON such as [["apple", "pear"], ["oak", "pine"]]',
    "--data ARCHIVE   archive of the images (repeat for loose files), if not where the run's were",
  ],
  options: {
    run: { type: "string" },
    out: { type: "string" },
    only: { type: "string" },
    seeds: { type: "string" },
    groups: { type: "string" },
    data: { type: "string", multiple: true },
  },
  positionals: [0, 0],
  async run(invocation: Invocation) {
    const { values } = invocation;
    const folder = new RunFolder(requiredText(values, "run"));
    const out = resolve(requiredText(values, "out"));
    const comparisons = comparisonsOf(values);
    const seeds = seedsOf(values, "seeds");
    const learned = await learnedRun(folder, await folder.requireRecord());
    const { record, partitions } = learned;
    const file = optionalText(values, "groups");
    const groups = parseGrouping(record.config.grouping).classes;
    const manual = file === undefined ? null : await readGivenGroups(file, record.classes, groups);
    const named = texts(values, "data");
    const data = named.length > 0 ? named : ((await folder.data())?.files ?? []);
    const plan = { learned, folder, out, comparisons, manual, data, seeds: seeds ?? [record.config.seed] };
    const json = await controlReport(await trainControls(plan, invocation), partitions.get("classes")!);
    return { json, text: controlText(json) };
  },
};

/** All of them without --only; manual ones only where their groups are given. */
function comparisonsOf(values: OptionValues): readonly Comparison[] {
  const named = listOf(values, "only");
  const given = values.groups !== undefined;
  if (named === undefined) return COMPARISONS.filter((comparison) => comparison !== "manual" || given);
  const chosen = named.map((name) => {
    const found = COMPARISONS.find((comparison) => comparison === name);
    if (found !== undefined) return found;
    throw new UsageError(`--only ${name}: choose some of ${COMPARISONS.join(", ")}`);
  });
  if (chosen.includes("manual") && !given) throw new UsageError("--only manual: needs --groups FILE");
  return chosen;
}
