import type { Facts } from "./facts";

/** What a newcomer is told about now: one chapter for each thing there is to see. */
export const CHAPTERS = [
  "welcome",
  "loading",
  "ready",
  "grouping",
  "finetuning",
  "evaluating",
  "paused",
  "interrupted",
  "grouped",
  "split",
  "finished",
] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** The chapter that explains what the page shows; null where there is nothing to explain yet. */
export function chapterOf({ activity, dataset, device, open }: Facts): Chapter | null {
  switch (activity.kind) {
    case "loadingData":
      return "loading";
    case "training":
      return activity.stage === "group" ? "grouping" : "finetuning";
    case "paused":
    case "evaluating":
      return activity.kind;
    default:
      if (open !== null) return chapterOfRun(open);
      // Without a device nothing can begin; the page says so itself.
      if (dataset.kind === "unknown" || device.kind === "missing") return null;
      return dataset.kind === "none" ? "welcome" : "ready";
  }
}

function chapterOfRun({ record, evaluation }: NonNullable<Facts["open"]>): Chapter {
  switch (record.phase) {
    case "grouping":
    case "finetuning":
      return "interrupted";
    case "grouped":
      return "grouped";
    case "finetuned":
      return evaluation?.split == null ? "split" : "finished";
    default:
      return record.phase satisfies never;
  }
}
