/** Snapshots of the assignments of a run, at most: enough to watch the groups form, few enough to keep them all. */
const MOST_SNAPSHOTS = 200;

/** Whether the assignments after so many of the stage's steps are kept: in even distances, after the last step too. */
export function isSnapshotStep(step: number, steps: number): boolean {
  return step === steps || step % Math.ceil(steps / MOST_SNAPSHOTS) === 0;
}
