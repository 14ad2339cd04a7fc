import type { MeanEstimate } from "../../base/statistics";
import { parseGrouping } from "../../model/grouping";
import { formatCount, formatDuration, formatShare, formatTable } from "../format";
import { dotPlot } from "./dot-plot";
import { escaped, htmlPage, htmlTable } from "./html";
import type { StudyRow } from "./study-rows";
import { FOUND, type KindSummary, type PairedSummary, type StudySummary } from "./study-summary";
import type { StudySettings } from "./study-work";

/** What the report is made of. */
export interface StudyResult {
  readonly settings: StudySettings;
  readonly rows: readonly StudyRow[];
  readonly summary: StudySummary;
  /** The device that computed it; null where nothing was. */
  readonly adapter: string | null;
  /** Version of the program. */
  readonly version: string;
}

type Table = readonly (readonly string[])[];

const NONE = "-";
const index = (value: number | null): string => (value === null ? NONE : value.toFixed(2));
const share = (value: number | null): string => (value === null ? NONE : formatShare(value));
const points = (value: number): string => `${value < 0 ? "-" : "+"}${(100 * Math.abs(value)).toFixed(1)}`;

/** Mean and 95 % interval: 85.2% (83.9 to 86.5). */
function estimated(estimate: MeanEstimate | null, show: (value: number) => string): string {
  if (estimate === null) return NONE;
  const { count, mean, low, high } = estimate;
  return count === 1 ? `${show(mean)} (one run)` : `${show(mean)} (${show(low)} to ${show(high)})`;
}

/** One line for each kind of groups. */
function kindTable({ kinds }: StudySummary): Table {
  const head = [
    "groups",
    "families found",
    "agreement",
    "lost on the spot",
    "post-activation",
    "validation",
    "test, unsplit",
    "test, split",
    "time a run",
  ];
  return [head, ...kinds.map(kindCells)];
}

function kindCells(summary: KindSummary): readonly string[] {
  const { kind, runs, failed, found, agreement, lossPreActivation, lossPostActivation, validation, unsplit, split, seconds } =
    summary;
  return [
    failed === 0 ? kind : `${kind} (${failed} failed)`,
    found === null ? NONE : `${found} of ${runs}`,
    estimated(agreement, (value) => value.toFixed(2)),
    estimated(lossPreActivation, points),
    estimated(lossPostActivation, points),
    estimated(validation, formatShare),
    estimated(unsplit, formatShare),
    estimated(split, formatShare),
    seconds === null ? NONE : formatDuration(seconds.mean),
  ];
}

function pairedTable({ kinds, firstMinus }: StudySummary): Table {
  const head = [`${kinds[0]?.kind} minus`, "points of test accuracy", "seeds", "p"];
  return [head, ...firstMinus.map(pairedCells)];
}

function pairedCells({ against, difference, test }: PairedSummary): readonly string[] {
  return [against, estimated(difference, points), String(difference.count), test.p.toPrecision(2)];
}

function runTable(rows: readonly StudyRow[]): Table {
  const head = ["groups", "seed", "agreement", "p", "unsplit", "cut", "cut, post-act.", "split", "parameters", "time", "ended"];
  return [
    head,
    ...rows.map((row) => [
      row.kind,
      String(row.seed),
      index(row.agreement),
      row.agreementP === null ? NONE : row.agreementP.toPrecision(2),
      share(row.onTheSpot?.unsplit ?? row.unsplit),
      share(row.onTheSpot?.preActivation ?? null),
      share(row.onTheSpot?.postActivation ?? null),
      share(row.split),
      row.parameters === null ? NONE : formatCount(row.parameters),
      formatDuration(row.seconds),
      row.failure ?? "well",
    ]),
  ];
}

/** What was asked, in words. */
function questions({ settings, adapter, version }: StudyResult): readonly string[] {
  const { sample, recipe, seeds, groupingOnly } = settings;
  const { group, finetune, model, grouping } = recipe;
  const families = `${sample.classes} classes in ${sample.superclasses} planted families`;
  const tuned = groupingOnly ? "no fine-tuning" : `${formatCount(finetune.steps)} steps of fine-tuning`;
  return [
    `Sample data of the level ${sample.level ?? "easy"}: ${families}, ${formatCount(sample.train)} training and ${formatCount(sample.test)} test images, seed ${sample.seed}.`,
    `WRN-${model.depth}-${model.widen}, groups ${grouping}; ${formatCount(group.steps)} steps of grouping with batches of ${group.batchSize}, ${tuned}; seeds ${seeds.join(", ")}.`,
    `Computed by version ${version} on ${adapter ?? "no device"}.`,
  ];
}

/** How to read the figures. */
function notes({ settings }: StudyResult): readonly string[] {
  const { classes } = parseGrouping(settings.recipe.grouping);
  const families = settings.sample.superclasses;
  return [
    `Agreement is the adjusted Rand index of the class groups with the families: 1 for the same ones, about 0 for chance; found means at least ${FOUND}. p is how often random groups of the same sizes agree as much.`,
    ...(classes === families ? [] : [`${classes} groups cannot be ${families} families: 1 is out of reach.`]),
    "Validation is what stage 1 itself says of its network at its end. Lost on the spot: points of test accuracy between the grouped network and what it is cut into, before any fine-tuning. Post-activation is the published second stage, whose batch norms start anew.",
    "Means over the seeds with 95 % intervals by Student's t; p of the differences by flipping their signs.",
  ];
}

/** The report for a terminal. */
export function studyText(result: StudyResult): string {
  const paired = result.summary.firstMinus.length === 0 ? [] : ["", formatTable(pairedTable(result.summary))];
  return [
    ...questions(result),
    "",
    formatTable(kindTable(result.summary)),
    ...paired,
    "",
    formatTable(runTable(result.rows)),
    "",
    ...notes(result),
  ].join("\n");
}

/** The report as a page that needs no other file. */
export function studyHtml(result: StudyResult): string {
  const { rows, summary, settings } = result;
  const paragraphs = (lines: readonly string[]): string => lines.map((line) => `<p>${escaped(line)}</p>`).join("\n");
  const { study } = settings;
  const present = study.kinds.filter(({ name }) => summary.kinds.some(({ kind }) => kind === name));
  const kinds = present.map(({ name, summary: words }) => `<li><b>${name}</b>: ${escaped(words)}</li>`);
  const paired = summary.firstMinus.length === 0 ? "" : `<h2>Set against the others</h2>${htmlTable(pairedTable(summary))}`;
  const recipe = escaped(JSON.stringify(settings.recipe, null, 2));
  return htmlPage(
    study.title,
    [
      `<h1>${escaped(study.title)}</h1>`,
      paragraphs(questions(result)),
      `<ul>${kinds.join("")}</ul>`,
      htmlTable(kindTable(summary)),
      figures(rows, summary),
      paired,
      "<h2>Every run</h2>",
      htmlTable(runTable(rows)),
      paragraphs(notes(result)),
      `<h2>Recipe</h2><details><summary>Configuration of the learned runs</summary><pre>${recipe}</pre></details>`,
    ].join("\n"),
  );
}

function figures(rows: readonly StudyRow[], { kinds }: StudySummary): string {
  const valuesOf = (kind: string, value: (row: StudyRow) => number | null): readonly number[] =>
    rows.filter((row) => row.kind === kind).flatMap((row) => value(row) ?? []);
  const grouped = kinds.filter(({ agreement }) => agreement !== null);
  const agreement = dotPlot({
    ...{ title: "Agreement with the families, run by run", from: -0.2, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1] },
    show: (value) => value.toFixed(2),
    rows: grouped.map((summary) => ({
      ...{ name: summary.kind, mean: summary.agreement },
      values: valuesOf(summary.kind, (row) => row.agreement),
    })),
  });
  const split = rows.flatMap((row) => row.split ?? []);
  if (split.length === 0) return agreement;
  const least = Math.floor(Math.min(...split) * 10) / 10 - (Math.min(...split) > 0.1 ? 0.1 : 0);
  const ticks = Array.from({ length: Math.round((1 - least) * 10) + 1 }, (_, step) => least + step / 10);
  const accuracy = dotPlot({
    ...{
      title: "Test accuracy after the split, run by run",
      from: least,
      to: 1,
      ticks,
      show: (value: number) => formatShare(value),
    },
    rows: kinds.map((summary) => ({
      ...{ name: summary.kind, mean: summary.split },
      values: valuesOf(summary.kind, (row) => row.split),
    })),
  });
  return agreement + accuracy;
}
