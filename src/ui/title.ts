import type { Facts } from "../state/facts";
import { percent } from "./kit/format";
import { text } from "./text";

/** The tab's title: progress first, so that it can be read from another tab. */
export function pageTitle({ activity, fatal, failures }: Facts): string {
  if (fatal !== null) return `${text.log.fatal} · ${text.name}`;
  if (activity.kind === "training" || activity.kind === "paused") {
    const state = activity.kind === "paused" ? text.stages.paused : text.stages.progressOf(activity.stage);
    return `${percent(activity.step / activity.steps, 0)} ${state} · ${text.name}`;
  }
  const [newest] = failures;
  return newest === undefined ? text.name : `${newest.error.name} · ${text.name}`;
}
