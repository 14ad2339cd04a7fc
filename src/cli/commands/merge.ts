import { isAbsolute, join, relative, resolve } from "node:path";
import { RequestError } from "../../base/errors";
import { parseSweepText } from "../../model/sweep-text";
import type { Command, CommandResult, Invocation } from "../command";
import { readText, writeWhole } from "../files";
import { findRuns } from "../sweep/found-runs";
import { mergeRuns } from "../sweep/merge";
import { reportFiles } from "../sweep/merge-files";
import { type MergeReport, mergeReport } from "../sweep/merge-report";
import { optionalText, requiredText } from "../values";

const MOST_FOLDERS = 10_000;

export const mergeCommand: Command = {
  name: "merge",
  synopsis: "DIR... --out DIR [--sweep FILE]",
  summary: "one report of the runs in folders of sweeps, from as many machines as there were",
  notes: [
    "DIR...           what `splitnet sweep --out` was; nothing in it is changed",
    "--out DIR        where report.md, report.json, runs.csv and points.csv are written",
    "--sweep FILE     the sweep file: its runs come in its order, and those that are missing are named",
  ],
  options: { out: { type: "string" }, sweep: { type: "string" } },
  positionals: [1, MOST_FOLDERS],
  async run({ values, positionals }: Invocation): Promise<CommandResult> {
    const folders = positionals.map((path) => resolve(path));
    const out = resolve(requiredText(values, "out"));
    checkOutside(out, folders);
    const file = optionalText(values, "sweep");
    const wanted = file === undefined ? null : parseSweepText(await readText(file), file).runs;
    const found = [];
    for (const folder of folders) found.push(await findRuns(folder));
    const merged = mergeRuns(found.flatMap(({ runs }) => runs));
    const report = mergeReport(
      folders,
      merged,
      found.flatMap(({ problems }) => problems),
      wanted,
    );
    for (const [name, text] of Object.entries(reportFiles(report))) {
      await writeWhole(join(out, name), new TextEncoder().encode(text));
    }
    return { json: report, text: reportText(report, out) };
  },
};

/** Folders of results stay as they are. */
function checkOutside(out: string, folders: readonly string[]): void {
  const around = folders.find((folder) => {
    const path = relative(folder, out);
    return !path.startsWith("..") && !isAbsolute(path);
  });
  if (around === undefined) return;
  throw new RequestError(`${out}: lies in ${around}, whose results stay as they are`, "Choose a folder beside it with --out.");
}

function reportText({ folders, runs, points, overlaps, problems, missing }: MergeReport, out: string): string {
  const finished = runs.filter(({ state }) => state === "finished").length;
  const differing = overlaps.filter(({ kind }) => kind === "differing").length;
  return [
    `${runs.length} runs at ${points.length} points from ${folders.length} folders: ${finished} finished, ${runs.length - finished} not` +
      (missing === null ? "" : `, ${missing.length} in no folder`),
    ...(differing > 0 ? [`warning: ${differing} were finished to different numbers in different folders`] : []),
    ...problems.map(({ path, reason }) => `warning: ${path}: ${reason}`),
    `written: ${join(out, "report.md")}, report.json, runs.csv, points.csv`,
  ].join("\n");
}
