import { RequestError } from "../base/errors";
import type { QueueCommand } from "../protocol/queue";
import type { RunStore } from "../storage/stores";
import { appended, changed, isQueued } from "./queue-entries";
import { wishesOf } from "./queue-jobs";
import type { RunQueue } from "./run-queue";

/** Does what is asked of the queue; `now` is in Unix milliseconds. */
export async function obeyQueue(queue: RunQueue, command: QueueCommand, runs: RunStore, now: number): Promise<void> {
  switch (command.kind) {
    case "enqueue":
    case "enqueueControls":
    case "enqueueManual": {
      const wishes = await wishesOf(command, runs);
      return queue.change((before) => {
        const missing = wishes.filter(({ job }) => !isQueued(before, job));
        if (missing.length > 0) return appended(before, missing);
        throw new RequestError("all of this is in the queue already", "Press Start, or remove it there first.");
      });
    }
    default:
      return queue.change((before) => changed(before, command, now, queue.running));
  }
}
