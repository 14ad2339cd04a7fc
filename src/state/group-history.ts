import type { AssignmentSnapshotView, AssignmentView } from "../protocol/views";
import { type AssignmentSummary, summarizeAssignment } from "./assignment";

/** What happened to one space between two snapshots, and how it stands after the later one. */
export interface SpaceMoment extends Pick<AssignmentSummary, "entropy" | "decided"> {
  readonly step: number;
  /** Members whose likeliest group is another than in the snapshot before; 0 in the first. */
  readonly moved: number;
}

/** How one space's groups formed, snapshot by snapshot; those without the space are left out. */
export function momentsOf(history: readonly AssignmentSnapshotView[], space: string): readonly SpaceMoment[] {
  let before: AssignmentSummary | null = null;
  return history.flatMap(({ step, spaces }): SpaceMoment[] => {
    const view = viewOf(spaces, space);
    if (view === null) return [];
    const summary = summarizeAssignment(view);
    const moved = before === null ? 0 : movedBetween(before, summary);
    before = summary;
    return [{ step, moved, entropy: summary.entropy, decided: summary.decided }];
  });
}

/** The view of a space, null if it is not among them. */
export function viewOf(spaces: readonly AssignmentView[], space: string): AssignmentView | null {
  return spaces.find((view) => view.space === space) ?? null;
}

function movedBetween(before: AssignmentSummary, after: AssignmentSummary): number {
  return after.groupOf.filter((group, member) => group !== before.groupOf[member]).length;
}
