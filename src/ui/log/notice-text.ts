import type { RunTrouble } from "../../model/run";
import type { NoticeContent } from "../../state/facts";
import { count, duration, percent } from "../kit/format";
import { elsewhereText, text } from "../text";

/** The sentence that announces a notice. */
export function noticeText(what: NoticeContent): string {
  switch (what.kind) {
    case "troubled":
      return troubleText(what.trouble);
    case "runSaved":
      return `Ready as a file: ${what.fileName}.`;
    case "slept":
      return `The computer slept or the tab was frozen for ${duration(what.seconds)}; nothing was done meanwhile.`;
    case "elsewhere":
      return what.elsewhere === null ? text.elsewhere.ended : elsewhereText(what.elsewhere, null);
    case "deviceMissing":
      return "No WebGPU adapter was found.";
    case "deviceFound":
      return what.software ? "Only a software adapter was found." : "A GPU was found.";
    case "stockKernels":
      return "The studio's own kernels failed their test on this device: the stock ones compute.";
    case "loadingData":
      return `Reading ${what.file}.`;
    case "dataStored":
      return `Data set ready: ${what.source}, ${count(what.images)} images of ${count(what.classes)} classes.`;
    case "dataRemoved":
      return "The data set was removed. It can be taken back in its panel.";
    case "dataFreed":
      return "The space of the removed data set is free.";
    case "runRemoved":
      return `${text.bin.run(what.createdAt)} removed. It can be taken back in the list of runs.`;
    case "runRestored":
      return `${text.bin.run(what.createdAt)} taken back.`;
    case "runFreed":
      return `${text.bin.run(what.createdAt)}: its space is free.`;
    case "stageStarted":
      return `${text.stages.progressOf(what.stage)} started: ${count(what.steps)} steps.`;
    case "stageProgressed":
      return `${text.stages.progressOf(what.stage)}: step ${count(what.step)} of ${count(what.steps)}.`;
    case "stageResumed":
      return `${text.stages.progressOf(what.stage)} resumed at step ${count(what.step)}.`;
    case "stagePaused":
      return `${text.stages.progressOf(what.stage)} paused at step ${count(what.step)}.`;
    case "stageStopped":
      return `${text.stages.progressOf(what.stage)} stopped at step ${count(what.step)}.`;
    case "stopPlanned":
      return "Training will stop at the end of this epoch.";
    case "stopTakenBack":
      return "Training goes on after this epoch.";
    case "stageFinished":
      return what.stage === "group" ? "Grouping finished." : "Fine-tuning finished: the network is split.";
    case "rewound":
      return `Curves rewound to step ${count(what.step)}, where training goes on.`;
    case "checkpoint":
      return `Checkpoint written at step ${count(what.step)}.`;
    case "splitPlanned":
      return `Split planned: ${text.tree.saved(what.savedParameters, what.savedFlops)}.`;
    case "evaluating":
      return "Evaluating on the test images.";
    case "evaluated":
      return what.split === null
        ? `Evaluated: unsplit ${percent(what.unsplit)} top-1.`
        : `Evaluated: unsplit ${percent(what.unsplit)}, split ${percent(what.split)} top-1.`;
    case "measuring":
      return "Measuring how fast this configuration trains here.";
    case "measured":
      return "Measured: the figures stand in the configuration.";
    case "exporting":
      return "Exporting the model.";
    case "exported":
      return `Exported ${what.fileName}.`;
    case "exportVerified":
      return what.within
        ? "Verified: the exported files give the studio's logits in other programs too."
        : "The exported files do not give the studio's logits in other programs: do not rely on this export.";
    case "mirrorOn":
      return `Runs are mirrored into the folder ${what.folder}.`;
    case "mirrorOff":
      return "Runs are no longer mirrored; what was copied stays in its folder.";
    case "mirrorWaiting":
      return `${text.mirror.waiting(what.folder)} Press ${text.mirror.allow} in the list of runs.`;
    case "mirrorFailed":
      return `${what.error.message}. ${what.error.cure}`;
    case "mirrorWorks":
      return "Mirroring works again.";
    case "queueStarted":
      return `The queue goes on: ${count(what.left)} to come.`;
    case "queuePaused":
      return `The queue is paused: ${count(what.left)} to come.`;
    case "queueDone":
      return "The queue is done.";
    case "failed":
      return `${what.error.message}. ${what.error.cure}`;
    default:
      return what satisfies never;
  }
}

function troubleText(trouble: RunTrouble): string {
  switch (trouble.kind) {
    case "deviceLost":
      return `The device is gone: ${trouble.reason}. ${text.stages.progressOf(trouble.stage)} goes on after step ${count(trouble.step)} on a new device.`;
    case "previousCopy":
      return `The last checkpoint is damaged or was cut off: the one of step ${count(trouble.step)} was read.`;
    case "retaking":
      return `The last checkpoint of ${text.stages.progressOf(trouble.stage).toLowerCase()} is damaged: that of step ${count(trouble.step)} is left, and the steps up to ${count(trouble.steps)} are taken again.`;
    case "retaken":
      return `The last steps of ${text.stages.progressOf(trouble.stage)} were taken again, and its checkpoint is stored.`;
    case "unsaved":
      return `${trouble.error.message}. Training goes on in memory. ${trouble.error.cure}`;
    case "retakenDiffers":
      return `${text.stages.progressOf(trouble.stage)}, step ${count(trouble.step)}: taken again, it came out otherwise than the first time. Another device, driver or version computes now; the run goes on, but not to the numbers it would have had.`;
    case "savedAgain":
      return "Storage works again: the checkpoint is written.";
    default:
      return trouble satisfies never;
  }
}
