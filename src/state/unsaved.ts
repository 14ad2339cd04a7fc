import type { Facts } from "./facts";

/** Steps of the run in training that no checkpoint holds yet: what leaving the page would lose. */
export function unsavedSteps({ activity, runs, fatal }: Facts): number {
  if (fatal !== null || (activity.kind !== "training" && activity.kind !== "paused")) return 0;
  const record = runs?.find(({ id }) => id === activity.runId);
  return Math.max(0, activity.step - (record?.checkpointStep ?? 0));
}
