import type { HostTensor } from "../base/tensor";
import type { EngineFact } from "../engine/context";
import type { EngineEvent } from "../protocol/events";
import type { AssignmentSnapshotView, AssignmentView, BlockMassView } from "../protocol/views";

/** Facts that say how far the engine is: the page sees them as its activity. */
export type ActivityFact = Extract<EngineFact, { kind: "progress" | "paused" | "evaluating" | "exporting" }>;
/** All others: the page sees each as an event. */
export type RunFact = Exclude<EngineFact, ActivityFact>;

export function isActivityFact(fact: EngineFact): fact is ActivityFact {
  return fact.kind === "progress" || fact.kind === "paused" || fact.kind === "evaluating" || fact.kind === "exporting";
}

/** A fact of a run in the words of the protocol. */
export function eventOf(fact: RunFact): EngineEvent {
  switch (fact.kind) {
    case "recorded":
      return { kind: "runChanged", record: fact.record };
    case "metrics":
      return { kind: "metricsRecorded", runId: fact.runId, metrics: fact.metrics };
    case "rewound":
      return { kind: "metricsRewound", runId: fact.runId, stage: fact.stage, step: fact.step };
    case "assignments":
      return {
        kind: "assignmentsChanged",
        runId: fact.runId,
        step: fact.step,
        assignments: assignmentViews(fact.assignments),
        blocks: fact.blocks && blockViews(fact.blocks),
        kept: fact.kept,
      };
    case "checkpointed":
      return { kind: "checkpointWritten", runId: fact.runId, stage: fact.stage, step: fact.step };
    case "troubled":
      return {
        kind: "runTroubled",
        runId: fact.runId,
        trouble: fact.trouble,
        refused: fact.refused && { fileName: fact.refused.fileName, file: new Blob([fact.refused.bytes]) },
      };
    case "planned":
      return { kind: "splitPlanned", runId: fact.runId, tree: fact.tree, classGroups: fact.classGroups };
    case "evaluated":
      return { kind: "evaluated", runId: fact.runId, evaluation: fact.evaluation };
    default:
      return fact satisfies never;
  }
}

/** Tensors [groups, size] by space as the page draws them. */
export function assignmentViews(assignments: ReadonlyMap<string, HostTensor>): AssignmentView[] {
  return [...assignments].map(([space, { shape, data }]) => ({
    space,
    groups: shape[0] ?? 0,
    size: shape[1] ?? 0,
    probabilities: data,
  }));
}

/** What is kept of a moment of stage 1, as the page draws it. */
export function snapshotView(snapshot: {
  readonly step: number;
  readonly assignments: ReadonlyMap<string, HostTensor>;
  readonly blocks: ReadonlyMap<string, HostTensor> | null;
}): AssignmentSnapshotView {
  const { step, assignments, blocks } = snapshot;
  return { step, spaces: assignmentViews(assignments), blocks: blocks && blockViews(blocks) };
}

/** Tensors [groups, groups] by layer. */
function blockViews(blocks: ReadonlyMap<string, HostTensor>): BlockMassView[] {
  return [...blocks].map(([layer, { shape, data }]) => ({ layer, groups: shape[0] ?? 0, mass: data }));
}
