import type { RunTrouble, TrainingStage } from "../model/run";
import type { ElsewhereView } from "../protocol/views";
import type { NoticeContent } from "../state/facts";
import type { Obstacle, StageName } from "../state/stages";
import { count, duration, percent } from "./kit/format";

/** Every sentence the page shows, in one place. */
export const text = {
  name: "SplitNet Studio",
  tagline: "Train a network that learns its own groups, then cut it into a tree.",
  privacy: "Everything runs in this browser; no image leaves it.",
  skip: "Skip to the stages",
  theme: { label: "Colours", system: "As the system", light: "Light", dark: "Dark" },
  device: {
    probing: "Looking for a GPU…",
    hardware: "GPU",
    software: "Software adapter",
    missing: "No GPU",
    softwareNotice: {
      title: "This browser offers only a software adapter: training will be very slow.",
      advice: [
        "Choose the preset tiny: it takes minutes even here.",
        "For anything larger, turn on hardware acceleration in the browser's settings (System) and restart it.",
        "On Linux, Chrome 144 or newer with a current driver finds most GPUs; chrome://gpu says what it found.",
      ],
    },
    missingNotice: {
      title: "No WebGPU adapter was found, so nothing can be trained here.",
      advice: [
        "Turn on hardware acceleration in the browser's settings (System) and restart it; update the graphics driver.",
        "chrome://gpu says why WebGPU is off; the flag chrome://flags/#enable-unsafe-webgpu allows more adapters.",
      ],
    },
    stockNotice: {
      title: "This device gets the studio's own kernels wrong, so the stock ones compute: right, but several times slower.",
      advice: ["Update the graphics driver and the browser: both compile the kernels. The test runs anew with every page."],
      reason: (reason: string) => `What differed: ${reason}`,
    },
    features: "Features",
    kernels: { title: "Kernels", untested: "tested when something is computed", own: "tested", stock: "stock" },
    buffer: "Largest buffer",
  },
  dataset: {
    title: "Data set",
    input: "CIFAR-100 archive",
    sample: "Use sample data",
    drop: "Drop the archive anywhere on this page, or choose files.",
    dropHere: "Drop to read the archive",
    accepts: "A .tar.gz or .tar of either kind, or loose train.bin, test.bin and label files.",
    unknown: "Looking for stored data…",
    none: "No data set yet.",
    loading: (file: string) => `Reading ${file}`,
    original: (what: string) => `Verified: ${what}`,
    notOriginal: "Checksum of no published archive",
    counts: (train: number, validation: number, test: number) =>
      `${count(train)} training images, of which ${count(validation)} validate; ${count(test)} test images`,
    classesOf: (classes: number, superclasses: number) => `${count(classes)} classes in ${count(superclasses)} superclasses`,
    splitSeed: (seed: number) => `Validation images chosen with seed ${seed}`,
    content: (hash: string) => `Content SHA-256 ${hash.slice(0, 12)}…, the same for both archive kinds`,
    remove: "Remove data",
    removeTitle: "Remove the stored data set?",
    removeBody: "Images and labels are deleted from this browser. Runs stay, but need the same data to go on.",
    images: "Training images",
    imagesOf: "Images of",
    allClasses: "all classes",
    imagesPending: "Loading images…",
    superclassTable: "Images per superclass",
    classTable: "Images per class",
    columns: { superclass: "Superclass", class: "Class", classes: "Classes", train: "Train", test: "Test" },
    where: {
      title: "Where to get CIFAR-100",
      official: "The official page",
      url: "https://www.cs.toronto.edu/~kriz/cifar.html",
      body: "Either file will do; both give the same images. The host is slow: expect minutes to an hour, and let the browser finish before dropping the file here.",
      columns: { file: "File", size: "Size", md5: "MD5" },
      files: [
        { name: "cifar-100-binary.tar.gz", bytes: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8" },
        { name: "cifar-100-python.tar.gz", bytes: 169_001_437, md5: "eb9058c3a382ffc7106e4002c42a8d85" },
      ],
    },
  },
  configuration: {
    title: "Configuration",
    preset: "Preset",
    network: "Network",
    stage1: "Group",
    stage2: "Fine-tune",
    fields: {
      "model.depth": { label: "Depth", gist: "depth", hint: "6n + 4: 10, 16, 22, …" },
      "model.widen": { label: "Width factor", gist: "width", hint: "1 to 64" },
      grouping: { label: "Grouping", gist: "groups", hint: "stage 2 - 3 - classes" },
      seed: { label: "Seed", hint: "whole, 0 or more" },
      blockOrder: {
        label: "Block order",
        choices: { "pre-activation": "pre-activation (exact)", "post-activation": "post-activation (published)" },
      },
      emptyGroups: { label: "Empty groups", choices: { fail: "stop with an error", "assign-nearest": "fill from nearest" } },
      precision: { label: "Precision", choices: { f32: "full (f32)", f16: "half-precision activations (f16)" } },
      "group.steps": { label: "Steps", gist: "steps", hint: "1 or more" },
      "group.batchSize": { label: "Batch size", gist: "batch", hint: "1 to 4,096" },
      "group.learningRate": { label: "Learning rate", hint: "above 0" },
      "group.assignmentRateFactor": { label: "Assignment rate", hint: "× learning rate" },
      "group.penalties.overlap": { label: "Overlap penalty", hint: "0 or more" },
      "group.penalties.weightSplit": { label: "Weight split penalty", hint: "0 or more" },
      "group.penalties.uniform": { label: "Uniform penalty", hint: "0 or more" },
      "group.dropoutKeep": { label: "Dropout keeps", hint: "above 0, to 1" },
      "finetune.steps": { label: "Steps", gist: "steps", hint: "1 or more" },
      "finetune.batchSize": { label: "Batch size", gist: "batch", hint: "1 to 4,096" },
      "finetune.learningRate": { label: "Learning rate", hint: "above 0" },
      "finetune.weightDecay": { label: "Weight decay", hint: "0 to 1" },
    },
    invalid: "Not trainable yet: see the marked fields.",
    cost: (parameters: string, flops: string, memory: string) =>
      `${parameters} parameters, ${flops} FLOPs an image, at least ${memory} of GPU memory`,
    differences: "Differences from the preset",
    noDifferences: "As the preset has it.",
    json: "Full configuration as JSON",
    jsonHint: "Edit or paste, then apply. Everything a run depends on but the data.",
    apply: "Apply JSON",
    reset: "Reset to preset",
    jsonBroken: (reason: string) => `This is not JSON: ${reason}`,
  },
  stages: {
    title: "Stages",
    names: { group: "Group", split: "Split", evaluate: "Evaluate", export: "Export" } satisfies Record<StageName, string>,
    what: {
      group: "Learn which classes and channels belong together.",
      split: "Cut the network along its groups and fine-tune it.",
      evaluate: "Test the network before and after the split.",
      export: "Take the trained model elsewhere: ONNX, safetensors.",
    } satisfies Record<StageName, string>,
    status: { waiting: "Waiting", ready: "Ready", active: "Running", done: "Done" },
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
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
  },
  awake: {
    label: "Keep the screen on",
    off: "Off: the screen and the computer sleep as their settings say, and training with them.",
    held: "On while something runs and this page is visible. Closing the lid still sends the computer to sleep.",
    hidden: "The screen may go off while this page is hidden; it is kept on again when you come back.",
    refused: "The browser refuses: a battery saver may be on. Change the energy settings of the system instead.",
    missing: "This browser cannot keep the screen on. Change the energy settings of the system instead.",
  },
  elsewhere: {
    doing: {
      training: (ofThis: boolean) => `Another tab of the studio is training ${ofThis ? "this run" : "a run"}.`,
      evaluating: (ofThis: boolean) => `Another tab of the studio is evaluating ${ofThis ? "this run" : "a run"}.`,
      loadingData: () => "Another tab of the studio is reading data.",
      removing: () => "Another tab of the studio is removing something.",
    },
    unknown: "Another tab of the studio is at work.",
    what: "Here you can look at every run and follow that one from checkpoint to checkpoint, but change nothing. To go on here, press Stop in the other tab or close it, then Resume here; this page notices when the other tab ends.",
    ended: "The other tab is done: everything can be changed here again.",
    run: "Running in another tab",
  },
  obstacles: {
    engineGone: "The training engine has stopped",
    deviceProbing: "Waiting for the GPU",
    deviceMissing: "Needs a WebGPU adapter",
    dataUnknown: "Looking for stored data",
    noData: "Needs a data set",
    configInvalid: "Needs a valid configuration",
    noHalfPrecision: "This GPU has no half precision: set Precision to full",
    busy: "Something else is running",
    elsewhere: "Another tab is at work",
    noRun: "Needs a grouped run",
    interrupted: "Resume or finish the interrupted run first",
    alreadySplit: "This run is split already",
    notFinetuned: "Needs a split run",
    otherData: "This run was trained on other data",
  } satisfies Record<Obstacle, string>,
  curves: {
    title: "Curves",
    none: "Losses, accuracy and learning rate appear here with the first step.",
    stage: "Stage",
    group: "Grouping",
    finetune: "Fine-tuning",
    loss: "Loss terms",
    accuracy: "Accuracy",
    learningRate: "Learning rate",
    log: "Logarithmic loss",
    decimated: (points: number) =>
      `Drawn with the lowest and highest value of each pixel column; all ${count(points)} points are kept and exported.`,
    complete: (points: number) => (points === 1 ? "One point." : `${count(points)} points, all drawn.`),
    smoothed: "Training accuracy of single batches is faint, its bias-corrected moving average (0.95) is solid.",
    slept: (time: string) => `${time} asleep`,
    sleeps: (list: string) => `Dashed lines mark where the computer slept or the tab was frozen: ${list}.`,
    sleptBefore: (time: string, step: number) => `${time} before step ${count(step)}`,
    table: "Latest values as a table",
    columns: { name: "Series", last: "Latest", least: "Least", most: "Most" },
    series: {
      total: "Total",
      crossEntropy: "Cross-entropy",
      l2: "Weight decay",
      overlap: "Overlap",
      weightSplit: "Weight split",
      uniform: "Uniform",
      validationLoss: "Validation loss",
      batchAccuracy: "Batch",
      smoothAccuracy: "Training, smoothed",
      top1: "Validation top-1",
      top5: "Validation top-5",
      learningRate: "Learning rate",
    },
  },
  groups: {
    title: "Groups",
    none: "While the network groups, every assignment matrix is drawn here, sorted by group.",
    ungrouped: "Nothing is grouped in this run.",
    step: (step: number) => `after step ${count(step)}`,
    legend: "Probability of the group, 0 to 1; columns are members, sorted by group, then by confidence",
    matrix: (space: string, size: number) => `${spaceName(space)} · ${count(size)}`,
    matrixLabel: (space: string) => `Assignment of ${space}; arrow keys move the cursor`,
    sizes: "Sizes",
    decided: (share: number) => `${percent(share, 0)} decided`,
    entropy: (value: number) => `entropy ${value.toFixed(2)}`,
    cell: (member: string, group: number, p: number) => `${member}: group ${group + 1} with ${p.toFixed(3)}`,
    hint: "Point at a cell or use the arrow keys.",
    channel: (index: number) => `Channel ${index}`,
    classes: "Classes by group",
    soFar: "likeliest so far",
    final: "as split",
    group: (group: number) => `Group ${group + 1}`,
    empty: "no class yet",
  },
  tree: {
    title: "Split tree",
    none: "After Split the network is a tree of independent branches: their parameters and FLOPs stand here.",
    measure: "Sized by",
    parameters: "Parameters",
    flops: "FLOPs",
    saved: (parameters: number, flops: number) =>
      `${percent(parameters)} of the parameters and ${percent(flops)} of the FLOPs saved`,
    columns: { branch: "Branch", classes: "Classes", parameters: "Parameters", flops: "FLOPs", share: "Share" },
    unsplit: "Unsplit network",
    split: "Split network",
    diagram: "Tree of the split network, each branch as thick as its cost",
    rule: "Published counting rule: convolutions and the last layer; 2 FLOPs a multiply-add.",
  },
  results: {
    title: "Results",
    none: "Evaluate compares the unsplit and the split network on the test images.",
    images: (images: number) => `${count(images)} test images`,
    unsplit: "Unsplit",
    split: "Split",
    change: "Change",
    rows: { top1: "Top-1", top5: "Top-5", loss: "Loss", time: "ms per image", parameters: "Parameters", flops: "FLOPs" },
    confusion: "Confusion",
    confusionHint:
      "Rows are true classes, columns predictions, both ordered by group; stronger colour is more, on a logarithmic scale.",
    confusionLabel: "Confusion matrix; arrow keys move the cursor",
    cell: (truth: string, predicted: string, images: number) =>
      truth === predicted ? `${truth}: ${count(images)} right` : `${truth} taken for ${predicted}: ${count(images)}`,
    network: "Network",
    within: (share: number) => `${percent(share)} of the mistakes stay within the group`,
    by: { group: "By group", superclass: "By superclass", class: "By class" },
    columns: { name: "Name", images: "Images" },
  },
  exporting: {
    title: "Model file",
    none: "Export packs the split model as a zip: ONNX, safetensors, configuration, metrics and how to load them.",
    ready: "Ready to download",
    download: (fileName: string) => `Download ${fileName}`,
  },
  runs: {
    title: "Runs",
    none: "No runs yet. Group starts one.",
    unknown: "Looking for stored runs…",
    open: "Open",
    continue: "Continue",
    remove: "Delete",
    copy: "Use settings",
    save: "Save as file",
    saved: (fileName: string) => `Download ${fileName}`,
    load: "Load a saved run",
    current: "open",
    removeTitle: "Delete this run?",
    removeBody: (name: string) => `Checkpoints, curves and results of the run of ${name} are deleted from this browser.`,
    phases: {
      grouping: "Grouping interrupted",
      grouped: "Grouped",
      finetuning: "Fine-tuning interrupted",
      finetuned: "Split",
    },
    running: "Running",
    failed: "Failed",
  },
  storage: {
    label: "Storage",
    used: (used: string, allowed: string) => `${used} of about ${allowed} that the browser allows`,
    dataset: (size: string) => `data set ${size}`,
    persistent: "The browser has promised to keep it.",
    evictable: "The browser may remove it when the disk is short.",
    keep: "Ask the browser to keep it",
    refused:
      "The browser did not promise it. Bookmark or install this page, then ask again; or save checkpoints and exports yourself.",
    tight: (needed: string, left: string) =>
      `The checkpoints of this configuration take up to ${needed}, and ${left} is left. Delete old runs before you start.`,
  },
  log: {
    title: "Event log",
    none: "Nothing has happened yet.",
    failed: "That failed; the message above says why and what to do.",
    dismiss: "Dismiss",
    unsaved: "Nothing of this run can be stored: training goes on in memory",
    keep: (fileName: string) => `Save ${fileName} yourself`,
    cure: "What to do",
    fatal: "The training engine has stopped",
    reload: "Load the page anew",
  },
  cancel: "Cancel",
} as const;

/** "stage_3" and "unit_3_0/inner" for people. */
export function spaceName(space: string): string {
  if (space === "classes") return "Classes";
  const stage = /^stage_(\d+)$/.exec(space);
  if (stage !== null) return `Stage ${stage[1]} stream`;
  const unit = /^unit_(\d+)_(\d+)\/inner$/.exec(space);
  return unit === null ? space : `Unit ${unit[1]}.${Number(unit[2]) + 1} inner`;
}

function troubleText(trouble: RunTrouble): string {
  switch (trouble.kind) {
    case "deviceLost":
      return `The device is gone: ${trouble.reason}. ${text.stages.progressOf(trouble.stage)} goes on after step ${count(trouble.step)} on a new device.`;
    case "previousCopy":
      return `The last checkpoint is damaged or was cut off: the one of step ${count(trouble.step)} was read.`;
    case "unsaved":
      return `${trouble.error.message}. Training goes on in memory. ${trouble.error.cure}`;
    case "savedAgain":
      return "Storage works again: the checkpoint is written.";
    default:
      return trouble satisfies never;
  }
}

/** What another tab does, in a sentence; `runId` is the run looked at here. */
export function elsewhereText({ work, runId: theirs }: ElsewhereView, runId: string | null): string {
  return work === null ? text.elsewhere.unknown : text.elsewhere.doing[work](theirs !== null && theirs === runId);
}

/** The sentence that announces a notice. */
export function noticeText(what: NoticeContent): string {
  switch (what.kind) {
    case "troubled":
      return troubleText(what.trouble);
    case "runSaved":
      return `The run is ready as a file: ${what.fileName}.`;
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
      return "The data set was removed.";
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
    case "exporting":
      return "Exporting the model.";
    case "exported":
      return `Exported ${what.fileName}.`;
    case "failed":
      return `${what.error.message}. ${what.error.cure}`;
    default:
      return what satisfies never;
  }
}
