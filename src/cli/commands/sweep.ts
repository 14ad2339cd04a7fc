import { resolve } from "node:path";
import { ConfigError, RequestError } from "../../base/errors";
import { summarize } from "../../data/summary";
import { originOf } from "../../engine/runs";
import { describePoint, type Sweep } from "../../model/sweep";
import { parseSweepText } from "../../model/sweep-text";
import type { Command, CommandResult, Invocation } from "../command";
import { readDataset } from "../data-source";
import { readText } from "../files";
import { formatDuration } from "../format";
import type { Progress } from "../progress";
import { SPLIT_SEED, type Tools } from "../session";
import { type Estimate, estimateFromRuns, measuredEstimate } from "../sweep/estimate";
import { ownRuns, SHARE_NOTE, SHARE_OPTION, shareOf } from "../sweep/share";
import { type RunState, SweepFolder } from "../sweep/sweep-folder";
import { failuresText, runJson, runsTable } from "../sweep/sweep-report";
import { workThrough } from "../sweep/sweep-work";
import { requiredText, texts, UsageError } from "../values";

export const sweepCommand: Command = {
  name: "sweep",
  synopsis: "FILE --data ARCHIVE --out DIR [--task K/N] [--export] [--dry-run]",
  summary: "many runs over values and seeds, one after the other; the same command again continues",
  notes: [
    "FILE             JSON or YAML: a base, and what varies (docs/sweeps.md)",
    "--data ARCHIVE   archive of the images (repeat for loose files)",
    "--out DIR        folder of all runs: each is DIR/runs/ID, as `splitnet run --out` makes it",
    SHARE_NOTE,
    "--export         also write the zip of each run",
    "--dry-run        print the runs, what is done of them and the time that the others take; change nothing",
  ],
  options: {
    data: { type: "string", multiple: true },
    out: { type: "string" },
    ...SHARE_OPTION,
    export: { type: "boolean" },
    "dry-run": { type: "boolean" },
  },
  positionals: [1, 1],
  async run(invocation: Invocation) {
    const { values, positionals, progress, signal } = invocation;
    const [file = ""] = positionals;
    const data = texts(values, "data").map((path) => resolve(path));
    if (data.length === 0) throw new UsageError("--data ARCHIVE is missing");
    const exports = values.export === true;
    const folder = new SweepFolder(requiredText(values, "out"), exports);
    const share = shareOf(values);
    const { name, runs } = parseSweepText(await readText(file), file);
    const imported = await readDataset(data, progress, signal);
    const classes = checkFit(runs, imported);
    const own = ownRuns(runs, share);
    const before = await folder.states(own);
    const estimate = estimateFromRuns(own, before, classes) ?? (await measuredEstimate(own, before, classes, progress));
    announce({ name, total: runs.length, own: own.length, states: before, estimate }, progress);
    if (values["dry-run"] === true) return resultOf(name, own, before, estimate);
    const tools: Tools = { progress, signal, images: async () => imported };
    await workThrough({ sweep: { name, runs: own }, folder, data, exports, tools });
    const after = await folder.states(own);
    return { ...resultOf(name, own, after, estimate), ...failureOf(own, after) };
  },
};

/** Number of classes of the images. Throws ConfigError that names the first run that does not fit them: before any is begun. */
function checkFit(runs: Sweep["runs"], imported: Awaited<ReturnType<typeof readDataset>>): number {
  const summary = summarize(imported, SPLIT_SEED);
  for (const { values, config } of runs) {
    try {
      originOf(config, summary);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`${describePoint(values)}: ${error.message}`, error.cure, { cause: error });
    }
  }
  return summary.classes.length;
}

interface Announcement {
  readonly name: string;
  readonly total: number;
  readonly own: number;
  readonly states: readonly RunState[];
  readonly estimate: Estimate;
}

function announce({ name, total, own, states, estimate }: Announcement, progress: Progress): void {
  const done = states.filter(({ kind }) => kind === "finished").length;
  const part = own === total ? "" : `, ${own} of them in this share`;
  progress.note(`sweep ${name}: ${total} runs${part}; ${done} finished, ${own - done} to do`);
  if (done < own) progress.note(`about ${formatDuration(estimate.seconds)} (${estimate.basis})`);
}

function resultOf(name: string, runs: Sweep["runs"], states: readonly RunState[], estimate: Estimate): CommandResult {
  const counts = Object.fromEntries(
    (["finished", "failed", "begun", "waiting"] as const).map((kind) => [
      kind,
      states.filter((state) => state.kind === kind).length,
    ]),
  );
  const json = {
    sweep: name,
    counts,
    estimate,
    runs: runs.map((run, index) => runJson(run, states[index] ?? { kind: "waiting" })),
  };
  return { json, text: runsTable(runs, states) };
}

function failureOf(runs: Sweep["runs"], states: readonly RunState[]): Pick<CommandResult, "failure"> {
  const failures = failuresText(runs, states);
  if (failures === "") return {};
  const count = states.filter(({ kind }) => kind === "failed").length;
  const failure = new RequestError(
    `${count} of ${runs.length} runs failed: ${failures}`,
    "The same command tries them again; change the sweep file where the cause is in it.",
  );
  return { failure };
}
