import { presetConfig } from "../../../src/model/presets";
import type { QueuedJob, QueueEntry } from "../../../src/protocol/queue";
import { parseQueue, storedQueue } from "../../../src/worker/stored-queue";
import { mutateValue } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";
import { bombsFor, comesBack } from "./values";

/** The queue of runs, as a browser gives it back. */

const JOBS: readonly QueuedJob[] = [
  { kind: "config", config: presetConfig("tiny"), point: "group.learningRate 0.1" },
  { kind: "control", source: "clustering", runId: "run-1", seed: 3 },
  { kind: "manual", runId: "run-1", seed: 3, classes: [0, 1, 0] },
];
const error = { name: "A", message: "b", cure: "c" };
const STATES: readonly QueueEntry["state"][] = [
  { kind: "waiting" },
  { kind: "begun", runId: "run-2" },
  { kind: "failed", runId: null, error },
];
const entries = JOBS.map((job, id) => ({ id, job, emptyGroups: "fail", state: STATES[id]!, removedAt: null }) as const);
const stored = { ...storedQueue({ nextId: 3, entries }) };

const readQueue =
  (value: unknown): Attempt =>
  () => {
    const { queue } = parseQueue(value);
    hold(
      queue.entries.every(({ id }) => id < queue.nextId),
      "that the next id is none that is taken",
    );
    comesBack(storedQueue(queue), (again) => storedQueue(parseQueue(again).queue));
  };
const readEntry = (entry: unknown): Attempt => readQueue({ ...stored, entries: [entry] });

export const queueTarget: Target = {
  name: "queue",
  mutant: (draws) => readQueue(mutateValue(stored, draws)),
  bombs: {
    ...bombsFor(stored, readQueue),
    ...bombsFor(entries[0]!, readEntry),
    "2,000 damaged entries": () => readQueue({ ...stored, entries: new Array(2000).fill({ id: -1, job: entries[0], more: 1 }) }),
  },
};
