import { clock, count, moment } from "../kit/format";

export const runs = {
  title: "Runs",
  none: "No runs yet. Group starts one.",
  unknown: "Looking for stored runs…",
  open: "Open",
  continue: "Continue",
  remove: "Delete",
  copy: "Use settings",
  describe: "Name and notes",
  name: "Name",
  nameHint: "Stands instead of the date.",
  notes: "Notes",
  keep: "Keep",
  cancel: "Cancel",
  save: "Save as file",
  more: "Metrics and checkpoints",
  metrics: { csv: "Metrics as CSV", json: "Metrics as JSON" },
  checkpoints: "Show checkpoints",
  checkpointsOf: (name: string) => `Checkpoints of ${name}`,
  noCheckpoints: "There is none yet.",
  copies: { last: "Last", previous: "Previous", best: "Best validation" },
  checkpointColumns: { checkpoint: "Checkpoint", step: "Step", top1: "Top-1", fork: "Fork" },
  fork: "Fork",
  forkLabel: (copy: string, stage: string, step: number) =>
    `Fork from ${copy.toLowerCase()} checkpoint of ${stage}, step ${count(step)}`,
  forkHint: "Begins a run of its own there; this one stays as it is.",
  forkWithForm: "With the settings of the form",
  forkWithFormHint: "They must keep the network, and in stage 2 the settings of stage 1.",
  forkFormWrong: "The form has a wrong field.",
  forkedFrom: (name: string, stage: string, step: number) => `Forked from ${name}: ${stage}, step ${count(step)}`,
  metricsHint: "Every recorded point, at any time, also while the run trains.",
  saved: (fileName: string) => `Download ${fileName}`,
  load: "Load a saved run, bundle, checkpoint or weights",
  loadHint:
    "Weights alone (model.safetensors, an ONNX file, model.json with its .bin files) are taken for the open run's network and become a run of their own; those of an unsplit network for the form's.",
  importedFrom: {
    safetensors: "a safetensors file",
    tfjs: "a TensorFlow.js model",
    onnx: "an ONNX file",
    bundle: "a bundle",
    unsplit: "a file of an unsplit network",
  },
  imported: (format: string, parts: readonly string[] | null) =>
    `Weights from ${format}${parts === null ? "" : `: ${parts.join(", ")}`}`,
  current: "open",
  removeTitle: "Delete this run?",
  removeBody: (name: string) =>
    `The run of ${name} leaves the list, with its checkpoints, curves and results. You can undo this for a day, until you free its space.`,
  removed: (createdAt: number | null) => `${bin.run(createdAt)} removed.`,
  phases: {
    grouping: "Grouping interrupted",
    grouped: "Grouped",
    finetuning: "Fine-tuning interrupted",
    finetuned: "Split",
  },
  running: "Running",
  failed: "Failed",
} as const;

export const bin = {
  list: "Removed runs",
  run: (createdAt: number | null): string => (createdAt === null ? "Damaged run" : `Run of ${moment(createdAt)}`),
  kept: (size: string) => `${size} stay taken until you free them, or until the studio is opened a day after the removal.`,
  undo: "Undo",
  free: "Free its space now",
} as const;

export const mirror = {
  choose: "Mirror into a folder…",
  what: "Copies each run into a folder of yours after every checkpoint, where the command line can go on. Deleting a run here leaves its copy.",
  missing: "This browser lets no page write into a folder: Chrome and Edge on a computer do. Save as file works everywhere.",
  on: (folder: string) => `Mirrored into the folder ${folder}.`,
  written: (time: number | null) =>
    time === null ? "Nothing written yet." : `Last written ${moment(time)}:${clock(time).slice(-2)}.`,
  waiting: (folder: string) => `The browser asks again before it writes into the folder ${folder}.`,
  allow: "Allow again",
  refused: (folder: string) => `The browser did not allow it: nothing is written into the folder ${folder}.`,
  stop: "Stop mirroring",
} as const;
