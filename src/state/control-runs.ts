import { CONTROL_SOURCES, type ControlSource, type PlannedControl, plannedControls } from "../model/control-plan";
import { parseGrouping } from "../model/grouping";
import type { RunRecord } from "../model/run";
import type { QueueEntry, QueueView } from "../protocol/queue";
import type { OpenRun } from "./facts";

/** Why the run looked at has no controls; null where it can have. */
export type ControlObstacle = "noRun" | "ungrouped" | "given" | "unsplit";

export function controlObstacle(open: Pick<OpenRun, "record"> | null): ControlObstacle | null {
  if (open === null) return "noRun";
  const { config, phase } = open.record;
  if (config.fixedGroups !== null) return "given";
  if (parseGrouping(config.grouping).classes === 1) return "unsplit";
  return phase === "grouping" ? "ungrouped" : null;
}

/** Sources that the run's data can have: semantic groups need as many superclasses as groups. */
export function possibleSources({ config, superclassOf }: RunRecord): readonly ControlSource[] {
  const enough = new Set(superclassOf).size >= parseGrouping(config.grouping).classes;
  return CONTROL_SOURCES.filter((source) => source !== "semantic" || enough);
}

/** Entries of the queue that are controls of the run, in their order. */
export function controlsOf(queue: QueueView | null, runId: string): readonly QueueEntry[] {
  return (queue?.entries ?? []).filter(
    ({ job, removedAt }) => removedAt === null && job.kind !== "config" && job.runId === runId,
  );
}

/** Controls that would be added: those of the sources and seeds that are not in the queue yet. */
export function missingControls(
  { id, config }: RunRecord,
  queue: QueueView | null,
  sources: readonly ControlSource[],
  seeds: readonly number[],
): readonly PlannedControl[] {
  const there = controlsOf(queue, id).filter(({ state }) => state.kind !== "failed");
  return plannedControls(sources, seeds, config.seed).filter(
    ({ source, seed }) => !there.some(({ job }) => job.kind === "control" && job.source === source && job.seed === seed),
  );
}
