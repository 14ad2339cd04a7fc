import type { ControlSource } from "../../model/control-plan";
import type { QueueEntry } from "../../protocol/queue";
import type { ControlObstacle } from "../../state/control-runs";
import { count, duration } from "../kit/format";

const runsText = (runs: number): string => (runs === 1 ? "1 run" : `${count(runs)} runs`);

const sources = {
  learned: "learned from another seed",
  unsplit: "unsplit",
  random: "random groups",
  semantic: "superclasses merged",
  clustering: "clustered class weights",
} as const satisfies Record<ControlSource, string>;

export const queue = {
  title: "Queue",
  unknown: "Looking for runs that wait…",
  none: "No runs wait. Add some below, or compare a run with controls: they are done one after the other.",
  list: "Runs in the queue, in their order",
  states: {
    waiting: "Waiting",
    starting: "Begun",
    begun: "Begun",
    finished: "Done",
    failed: "Failed",
  } satisfies Record<QueueEntry["state"]["kind"], string>,
  running: "Running",
  pausedRun: "Paused",
  progress: (name: string) => `Progress of ${name}`,
  left: (seconds: number) => `about ${duration(seconds)} left`,
  summary: (left: number, done: number) => `${runsText(left)} to come${done > 0 ? `, ${count(done)} done` : ""}`,
  time: (seconds: number, unknown: number) => {
    if (unknown === 0) return `about ${duration(seconds)}`;
    return seconds > 0 ? `about ${duration(seconds)} and ${runsText(unknown)} of unknown length` : "time unknown";
  },
  start: "Start",
  continue: "Continue",
  pause: "Pause the queue",
  pauseHint: "Writes a checkpoint and ends there; Continue goes on with that run.",
  busy: "Starts once nothing else runs.",
  earlier: "Earlier",
  later: "Later",
  remove: "Remove",
  retry: "Try again",
  named: (verb: string, name: string) => `${verb}: ${name}`,
  clear: "Remove what is done",
  removed: (entries: number, name: string) =>
    entries === 1 ? `${name} removed from the queue.` : `${count(entries)} entries removed from the queue.`,
  removedHint: "Runs that were begun stay in the list of runs.",
  removedList: "Removed from the queue",
  undo: "Undo",
  forget: "Let go",
  config: (preset: string, grouping: string, point: string) => `${preset}, ${point === "" ? grouping : point}`,
  control: (source: ControlSource | "manual") => (source === "manual" ? "groups of your own" : sources[source]),
  of: (what: string, run: string) => `${what}, control of ${run}`,
  ofSeed: (what: string, seed: number) => `${what}, seed ${seed}`,
  add: {
    title: "Add runs",
    seeds: "Seeds",
    seedsHint: (own: number) => `1-3, or 1,2,5; empty: ${own}, as in the form`,
    field: "Vary a field",
    noField: "none: the configuration as it is",
    values: "Its values",
    valuesHint: (own: string, choices: readonly string[]) =>
      `with commas between${choices.length > 0 ? `, of ${choices.join(", ")}` : ""}; now ${own}`,
    button: (runs: number) => `Add ${runsText(runs)}`,
    invalid: "The form has a wrong field.",
    file: "Read a sweep file (JSON)",
    fileHint: "As the command line takes it: a grid, lists and seeds over any field.",
    unreadable: (name: string) => `${name} cannot be read as a sweep.`,
    found: (name: string, runs: number) => `${name}: ${runsText(runs)}`,
    cancel: "Not these",
    flops: (flops: string) => `some ${flops} FLOPs. Measure on this device, in the configuration, tells the time.`,
  },
} as const;

export const controlRuns = {
  title: "Controls",
  what: "Do the learned groups win? The same recipe and seeds with groups from elsewhere, one run after the other.",
  obstacles: {
    noRun:
      "Once a run has learned its groups, it is compared here with random, hand-made and clustered groups, and with the unsplit network.",
    ungrouped: "Once this run is grouped, its groups can be compared with others.",
    given: "This run was given its groups: open the run that learned them.",
    unsplit: "This run is not split: open one that learned groups.",
  } satisfies Record<ControlObstacle, string>,
  open: "Compare with controls",
  sources,
  fewSuperclasses: "Superclasses are fewer than groups: none can be merged.",
  seeds: "Seeds",
  seedsHint: (own: number) => `1-3, or 1,2,5; empty: ${own}, the run's own`,
  unsplitFirst: "Clustering starts from the unsplit run of each seed, which is done before it.",
  nothing: "All of these are in the queue.",
  chosen: "Groups to compare with",
  button: (runs: number) => `Queue ${runsText(runs)}`,
  planned: "Runs that would be queued",
  list: "Controls of this run",
  startHint: "Start, in the queue, trains them.",
  compare: "Show what is done in Compare",
  manual: {
    title: "Groups of your own",
    what: "Beginning with the learned groups, move classes as you see fit; the control trains with these.",
    group: (group: number) => `Group ${group + 1}`,
    classGroup: (name: string) => `Group of ${name}`,
    empty: (groups: string) => `No class is in group ${groups}.`,
    same: "These are the learned groups.",
    moved: (classes: number) => (classes === 1 ? "1 class moved." : `${count(classes)} classes moved.`),
    reset: "As learned",
    add: "Queue this control",
  },
} as const;
