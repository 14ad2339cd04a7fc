import type { TrainingStage } from "../../model/run";
import type { Obstacle, StageName } from "../../state/stages";
import { count } from "../kit/format";

export const stages = {
  title: "Stages",
  names: { group: "Group", split: "Split", evaluate: "Evaluate", export: "Export" } satisfies Record<StageName, string>,
  what: {
    group: "Learn which classes and channels belong together.",
    split: "Cut the network along its groups and fine-tune it.",
    evaluate: "Test the network before and after the split.",
    export: "Take the trained model elsewhere: ONNX, safetensors.",
  } satisfies Record<StageName, string>,
  status: { waiting: "Waiting", ready: "Ready", active: "Running", done: "Done" },
  all: "All in one go",
  allNote: "Starts a new run that groups, splits and evaluates; pause or stop it at any time.",
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  stopAfterEpoch: "Stop after this epoch",
  goOnAfterEpoch: "Go on after this epoch",
  stopsAfterEpoch: "Stops at the end of this epoch, with a checkpoint.",
  checkpoint: "Save checkpoint",
  progressOf: (stage: TrainingStage) => (stage === "group" ? "Grouping" : "Fine-tuning"),
  paused: "Paused",
  evaluating: "Evaluating",
  exporting: "Exporting",
  interrupted: (stage: TrainingStage, step: number) =>
    `This run was interrupted while ${stage === "group" ? "grouping" : "fine-tuning"}; its last checkpoint is at step ${count(step)}.`,
  step: "Step",
  rate: "Images per second",
  left: "Time left",
  lastCheckpoint: "Last checkpoint",
  assignNearest: "Fill empty groups with the nearest members",
  emptyGroup:
    "A group came out empty. Fill it from its nearest members, or start again with more steps or a higher uniform penalty.",
} as const;

export const obstacles = {
  engineGone: "The training engine has stopped",
  deviceProbing: "Waiting for the GPU",
  deviceMissing: "Needs a WebGPU adapter",
  dataUnknown: "Looking for stored data",
  noData: "Needs a data set",
  configInvalid: "Needs a valid configuration",
  noHalfPrecision: "This GPU has no half precision: set Precision to full",
  busy: "Something else is running",
  queue: "The queue is at work: pause it first",
  elsewhere: "Another tab is at work",
  noRun: "Needs a grouped run",
  interrupted: "Resume or finish the interrupted run first",
  alreadySplit: "This run is split already",
  notFinetuned: "Needs a split run",
  otherData: "This run was trained on other data",
} as const satisfies Record<Obstacle, string>;

export const awake = {
  label: "Keep the screen on",
  off: "Off: the screen and the computer sleep as their settings say, and training with them.",
  held: "On while something runs and this page is visible. Closing the lid still sends the computer to sleep.",
  hidden: "The screen may go off while this page is hidden; it is kept on again when you come back.",
  refused: "The browser refuses: a battery saver may be on. Change the energy settings of the system instead.",
  missing: "This browser cannot keep the screen on. Change the energy settings of the system instead.",
} as const;

export const notify = {
  label: "Tell me when it ends",
  off: "Off: only the tab's title tells.",
  tells: "A notification tells when it has ended, or failed, while this page is hidden.",
  denied: "The browser refuses notifications of this site. Its settings for this page allow them again.",
  missing: "This browser knows no notifications.",
} as const;

export const elsewhere = {
  doing: {
    training: (ofThis: boolean) => `Another tab of the studio is training ${ofThis ? "this run" : "a run"}.`,
    evaluating: (ofThis: boolean) => `Another tab of the studio is evaluating ${ofThis ? "this run" : "a run"}.`,
    loadingData: () => "Another tab of the studio is reading data.",
    removing: () => "Another tab of the studio is removing something.",
    describing: () => "Another tab of the studio is naming a run.",
    queueing: () => "Another tab of the studio is changing the queue.",
  },
  unknown: "Another tab of the studio is at work.",
  what: "Here you can look at every run and follow that one from checkpoint to checkpoint, but change nothing. To go on here, press Stop in the other tab or close it, then Resume here; this page notices when the other tab ends.",
  ended: "The other tab is done: everything can be changed here again.",
  run: "Running in another tab",
} as const;
