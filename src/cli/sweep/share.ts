import { type OptionValues, optionalText, UsageError } from "../values";

/** One machine's part of a sweep: the `task`-th of `tasks`, counted from 1. */
export interface Share {
  readonly task: number;
  readonly tasks: number;
}

export const SHARE_OPTION = { task: { type: "string" } } as const;
export const SHARE_NOTE =
  "--task K/N       only this machine's share, the K-th of N (from 1): runs K, K + N, K + 2N, ... of the sweep";

/** The whole sweep where nothing is said. */
export function shareOf(values: OptionValues): Share {
  const text = optionalText(values, "task");
  if (text === undefined) return { task: 1, tasks: 1 };
  const [, task, tasks] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const share = { task: Number(task), tasks: Number(tasks) };
  if (share.task >= 1 && share.task <= share.tasks) return share;
  throw new UsageError(`--task ${text}: expected the share as K/N, such as 3/24 for the third of 24`);
}

/** Interleaved: long runs stand side by side in a sweep, and so every machine gets some of them. */
export function ownRuns<Run>(runs: readonly Run[], { task, tasks }: Share): Run[] {
  return runs.filter((_, index) => index % tasks === task - 1);
}
