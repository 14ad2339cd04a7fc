import type { Facts } from "../state/facts";
import { noticeText } from "./log/notice-text";
import { text } from "./text";

/** A failure is told a moment after what failed has ended. */
const AFTER_MILLISECONDS = 300;

export interface FinishNoticeParts {
  /** Whether nobody sees the page. */
  readonly hidden: () => boolean;
  readonly notify: (title: string, body: string) => void;
  /** Runs work a little later. */
  readonly later: (work: () => void, milliseconds: number) => void;
}

/** Tells when what ran has ended or failed while nobody saw the page; to be called with every change. */
export function finishNotice({ hidden, notify, later }: FinishNoticeParts): (facts: Facts) => void {
  let latest: Facts | null = null;
  return (facts) => {
    const ended = latest !== null && isRunning(latest) && facts.activity.kind === "idle";
    latest = facts;
    if (!ended || !hidden()) return;
    later(() => {
      const last = latest?.notices.at(-1);
      if (last !== undefined) notify(text.name, noticeText(last.what));
    }, AFTER_MILLISECONDS);
  };
}

function isRunning({ activity }: Facts): boolean {
  switch (activity.kind) {
    case "training":
    case "evaluating":
    case "exporting":
    case "verifying":
      return true;
    default:
      return false;
  }
}
