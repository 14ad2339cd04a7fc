import { describePoint, formatValue, type Sweep, type SweepRun } from "../../model/sweep";
import { formatDuration, formatShare, formatTable } from "../format";
import type { RunState } from "./sweep-folder";

/** A run of a sweep for --json. */
export function runJson({ id, values, config }: SweepRun, state: RunState) {
  const result = state.kind === "finished" ? state.result : null;
  return {
    id,
    values,
    seed: config.seed,
    state: state.kind,
    error: state.kind === "failed" ? state.error : null,
    accuracy:
      result === null
        ? null
        : { unsplit: result.evaluation?.unsplit.top1 ?? null, split: result.evaluation?.split?.top1 ?? null },
    seconds: result?.seconds ?? null,
  };
}

/** A line a run, with a column for each field that varies. */
export function runsTable(runs: Sweep["runs"], states: readonly RunState[]): string {
  const paths = [...new Set(runs.flatMap(({ values }) => Object.keys(values)))];
  const rows = runs.map(({ id, values, config }, index) => {
    const cells = paths.map((path) => (path in values ? formatValue(values[path]) : "-"));
    return [id, ...cells, String(config.seed), ...stateCells(states[index])];
  });
  return formatTable([["run", ...paths, "seed", "state", "unsplit", "split", "time"], ...rows]);
}

function stateCells(state: RunState | undefined): string[] {
  switch (state?.kind) {
    case undefined:
    case "waiting":
      return ["waiting", "-", "-", "-"];
    case "begun":
      return [`${state.phase}, step ${state.step}`, "-", "-", "-"];
    case "failed":
      return [`failed: ${state.error.name}`, "-", "-", "-"];
    case "finished": {
      const { evaluation, seconds } = state.result;
      const share = (value: number | undefined): string => (value === undefined ? "-" : formatShare(value));
      return ["finished", share(evaluation?.unsplit.top1), share(evaluation?.split?.top1), formatDuration(seconds)];
    }
    default:
      return state satisfies never;
  }
}

const MOST_NAMED = 3;

/** The runs that failed and why, the first three in words; "" where none did. */
export function failuresText(runs: Sweep["runs"], states: readonly RunState[]): string {
  const texts = runs.flatMap((run, index) => {
    const state = states[index];
    return state?.kind === "failed" ? [`${describePoint(run.values)}, seed ${run.config.seed}: ${state.error.message}`] : [];
  });
  const more = texts.length - MOST_NAMED;
  return [...texts.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
