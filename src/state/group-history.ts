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

/** A member that has another likeliest group than in the snapshot before. */
export interface Move {
  readonly member: number;
  readonly from: number;
  readonly to: number;
}

/** Moves of a space's members up to the snapshot of `step`, and since when; null where it is the first, or not kept. */
export function movesUpTo(
  history: readonly AssignmentSnapshotView[],
  step: number,
  space: string,
): { readonly since: number; readonly moves: readonly Move[] } | null {
  const index = history.findIndex((snapshot) => snapshot.step === step);
  const [before, after] = [history[index - 1], history[index]];
  const [first, second] = [before && viewOf(before.spaces, space), after && viewOf(after.spaces, space)];
  if (!before || !first || !second) return null;
  const [from, to] = [summarizeAssignment(first).groupOf, summarizeAssignment(second).groupOf];
  const moves = to.flatMap((group, member) => (group === from[member] ? [] : [{ member, from: from[member]!, to: group }]));
  return { since: before.step, moves };
}

function movedBetween(before: AssignmentSummary, after: AssignmentSummary): number {
  return after.groupOf.filter((group, member) => group !== before.groupOf[member]).length;
}
