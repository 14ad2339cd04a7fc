import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RequestError } from "../../base/errors";
import { SAMPLE_LEVELS } from "../../data/sample-levels";
import { STUDIO_VERSION } from "../../engine/version";
import { parseConfig } from "../../model/config";
import { merged } from "../../model/config-changes";
import { parseGrouping } from "../../model/grouping";
import type { Command, Invocation } from "../command";
import { readJson, writeWhole } from "../files";
import { DEVIATIONS } from "../study/deviations";
import { PLANTED } from "../study/planted";
import type { Study } from "../study/study";
import { claimFolder } from "../study/study-folder";
import { studyHtml, studyText } from "../study/study-report";
import { studyRows } from "../study/study-rows";
import { summarize } from "../study/study-summary";
import { studyTable } from "../study/study-table";
import { type StudySettings, trainStudy } from "../study/study-work";
import { choice, integer, listOf, type OptionValues, optionalText, requiredText, seedsOf, UsageError } from "../values";

const STUDIES: readonly Study[] = [PLANTED, DEVIATIONS];
const SEEDS = [1, 2, 3, 4, 5];
const namesOf = ({ kinds }: Study): string[] => kinds.map(({ name }) => name);

export const studyCommand: Command = {
  name: "study",
  synopsis: "NAME --out DIR [--grouping G --families N --level NAME --seeds 1,2,3 --only A,B --grouping-only --config FILE]",
  summary: "answer a question about the method with runs on sample data over seeds, and write a report",
  notes: [
    ...STUDIES.map(({ name, summary }) => `${name.padEnd(16)} ${summary}`),
    "--out DIR        folder of the study; the same command again continues, and more seeds or kinds are added",
    "--grouping G     groups of stage 2, stage 3 and classes (2-2-2)",
    "--families N     families of the sample data (as many as groups of classes)",
    `--level NAME     ${SAMPLE_LEVELS.join(", ")}: how hard the sample data is (medium)`,
    "--classes N, --train N, --test N, --sample-seed N: of the sample data (16, 1600, 800, 1)",
    `--seeds A,B      seeds of the runs (${SEEDS.join(",")})`,
    ...STUDIES.map(
      (study) => `--only A,B       of ${study.name}: some of ${namesOf(study).join(", ")}, and what they are made from (all)`,
    ),
    "--grouping-only  end with the groups: no fine-tuning and no controls",
    "--config FILE    JSON of fields that differ from the study's recipe",
  ],
  options: {
    out: { type: "string" },
    grouping: { type: "string" },
    families: { type: "string" },
    level: { type: "string" },
    classes: { type: "string" },
    train: { type: "string" },
    test: { type: "string" },
    "sample-seed": { type: "string" },
    seeds: { type: "string" },
    only: { type: "string" },
    "grouping-only": { type: "boolean" },
    config: { type: "string" },
  },
  positionals: [1, 1],
  async run(invocation: Invocation) {
    const { positionals, values } = invocation;
    const study = STUDIES.find(({ name }) => name === positionals[0]);
    if (study === undefined) {
      throw new UsageError(`there is no study "${positionals[0]}": choose one of ${STUDIES.map(({ name }) => name).join(", ")}`);
    }
    const out = resolve(requiredText(values, "out"));
    const settings = await settingsOf(study, values);
    await claimFolder(out, settings);
    const runs = await trainStudy(out, settings, invocation);
    const rows = await studyRows(runs);
    const adapter = (await Promise.all(runs.map(({ folder }) => folder.effort()))).find((effort) => effort.adapter)?.adapter;
    const result = {
      ...{ settings, rows, summary: summarize(study, rows), version: STUDIO_VERSION },
      adapter: adapter ? `${adapter.description} (${adapter.kind})` : null,
    };
    const report = join(out, "report.html");
    await writeWhole(report, new TextEncoder().encode(studyHtml(result)));
    await writeWhole(join(out, "runs.csv"), new TextEncoder().encode(studyTable(rows)));
    const failed = rows.filter(({ failure }) => failure !== null).length;
    const failure =
      failed === 0
        ? null
        : new RequestError(
            `${failed} of ${rows.length} runs failed`,
            "The report names them; the same command tries them again.",
          );
    const text = `${studyText(result)}\n\nreport: ${pathToFileURL(report).href}`;
    return {
      json: { report, study: study.name, rows, summary: result.summary, adapter: result.adapter, version: STUDIO_VERSION },
      text,
      ...(failure && { failure }),
    };
  },
};

async function settingsOf(study: Study, values: OptionValues): Promise<StudySettings> {
  const file = optionalText(values, "config");
  const base = study.recipe(optionalText(values, "grouping") ?? "2-2-2");
  const recipe = file === undefined ? base : parseConfig(merged(base, await readJson(file)));
  return {
    study,
    sample: {
      classes: integer(values, "classes", 16, 2),
      superclasses: integer(values, "families", parseGrouping(recipe.grouping).classes, 1),
      train: integer(values, "train", 1600, 2),
      test: integer(values, "test", 800, 1),
      seed: integer(values, "sample-seed", 1, 0),
      level: choice(values, "level", SAMPLE_LEVELS) ?? "medium",
    },
    recipe: { ...recipe, seed: 1 },
    seeds: seedsOf(values, "seeds") ?? SEEDS,
    kinds: kindsOf(study, values),
    groupingOnly: values["grouping-only"] === true,
  };
}

function kindsOf(study: Study, values: OptionValues): readonly string[] {
  const names = namesOf(study);
  return listOf(values, "only")?.flatMap((name) => choice({ only: name }, "only", names) ?? []) ?? names;
}
