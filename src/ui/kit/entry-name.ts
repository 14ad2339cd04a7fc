import type { QueueEntry } from "../../protocol/queue";
import type { Facts } from "../../state/facts";
import { text } from "../text";
import { runName } from "./run-name";

/** What an entry is called in the list and by its buttons. */
export function entryName({ job }: QueueEntry, { runs, descriptions }: Pick<Facts, "runs" | "descriptions">): string {
  if (job.kind === "config") {
    const { preset, grouping, seed } = job.config;
    return text.queue.ofSeed(text.queue.config(preset, grouping, job.point), seed);
  }
  const record = runs?.find(({ id }) => id === job.runId);
  const learned = record === undefined ? job.runId : runName(record, descriptions[record.id]);
  const source = text.queue.control(job.kind === "manual" ? "manual" : job.source);
  return text.queue.ofSeed(text.queue.of(source, learned), job.seed);
}
