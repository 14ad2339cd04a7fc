import type { RunRecord } from "../model/run";
import type { EngineEvent } from "../protocol/events";
import type { QueueView } from "../protocol/queue";
import type { Activity, DeviceView, ElsewhereView, MirrorView, RemovedView } from "../protocol/views";
import type { SplitTree } from "../splitnet/tree";
import type { Facts, Notice, NoticeContent } from "./facts";
import { isLeft } from "./queue";

/** Lines kept in the log. */
const LOG_LENGTH = 200;
/** Progress is announced once per tenth of a stage: steps come many times a second. */
const PROGRESS_PARTS = 10;

/** The log with what this event adds; `facts` are those before the event. */
export function addNotices(facts: Facts, event: EngineEvent, time: number): readonly Notice[] {
  const contents = noticesOf(facts, event);
  if (contents.length === 0) return facts.notices;
  const first = (facts.notices.at(-1)?.id ?? -1) + 1;
  const added = contents.map((what, index) => ({ id: first + index, time, what }));
  return [...facts.notices, ...added].slice(-LOG_LENGTH);
}

function noticesOf(facts: Facts, event: EngineEvent): NoticeContent[] {
  switch (event.kind) {
    case "deviceProbed":
      return deviceNotices(event.device);
    case "activityChanged":
      return activityNotices(facts, event.activity);
    case "stopPlanned":
      // At the end of training there is nothing left to take back.
      return facts.activity.kind === "idle" ? [] : [{ kind: event.afterEpoch ? "stopPlanned" : "stopTakenBack" }];
    case "probed":
      return [{ kind: "measured" }];
    case "slept":
      // An engine that had nothing to do has missed nothing.
      return isAtWork(facts.activity) ? [{ kind: "slept", seconds: event.milliseconds / 1000 }] : [];
    case "elsewhereChanged":
      return elsewhereNotices(facts.elsewhere, event.elsewhere);
    case "datasetChanged": {
      if (event.dataset === null) return facts.dataset.kind === "stored" ? [{ kind: "dataRemoved" }] : [];
      const { source, trainCount, testCount, classes } = event.dataset;
      return [{ kind: "dataStored", source, images: trainCount + testCount, classes: classes.length }];
    }
    case "removedChanged":
      return removalNotices(facts, event.removed);
    case "mirrorChanged":
      return mirrorNotices(facts.mirror, event.mirror);
    case "queueChanged":
      return queueNotices(facts.queue, event.queue);
    case "runChanged":
      return recordNotices(facts.open?.record, event.record);
    case "metricsRewound":
      return [{ kind: "rewound", stage: event.stage, step: event.step }];
    case "checkpointWritten":
      return [{ kind: "checkpoint", stage: event.stage, step: event.step }];
    case "runTroubled":
      return [{ kind: "troubled", trouble: event.trouble }];
    case "splitPlanned":
      return [{ kind: "splitPlanned", ...savings(event.tree) }];
    case "evaluated":
      return [{ kind: "evaluated", unsplit: event.evaluation.unsplit.top1, split: event.evaluation.split?.top1 ?? null }];
    case "exported":
      return [{ kind: "exported", fileName: event.fileName }];
    case "exportVerified":
      return [{ kind: "exportVerified", within: event.verification.within }];
    case "runSaved":
      return [{ kind: "runSaved", fileName: event.fileName }];
    case "requestFailed":
      return [{ kind: "failed", error: event.error }];
    case "exportVerifying":
    case "exportUnverified":
    case "imageTried":
    case "imageNotTried":
    case "branchesTimed":
    case "imagesLoaded":
    case "checkpointsListed":
    case "runsSummarized":
    case "linesLoaded":
    case "classImagesLoaded":
    case "healthRead":
    case "examplesLoaded":
    case "imagePreviewed":
    case "confusedLoaded":
    case "layerLoaded":
    case "rankedLoaded":
    case "runsListed":
    case "runsDescribed":
    case "storageMeasured":
    case "runOpened":
    case "historyRead":
    case "metricsRecorded":
    case "assignmentsChanged":
      return [];
    default:
      return event satisfies never;
  }
}

function deviceNotices(device: DeviceView): NoticeContent[] {
  if (device.kind === "probing") return [];
  if (device.kind === "missing") return [{ kind: "deviceMissing" }];
  // Once tested, it was found before.
  if (device.kernels.kind === "untested") return [{ kind: "deviceFound", software: device.kind === "software" }];
  return device.kernels.kind === "stock" ? [{ kind: "stockKernels" }] : [];
}

/** What went into the bin, and what came out of it: back into the list, or for good. That data came back is told by them. */
function removalNotices({ removed: before, runs, dataset }: Facts, now: readonly RemovedView[]): NoticeContent[] {
  if (before === null) return [];
  const added = now.flatMap((view): NoticeContent[] =>
    view.kind === "run" && !isAmong(view, before) ? [{ kind: "runRemoved", createdAt: view.createdAt }] : [],
  );
  const gone = before.flatMap((view): NoticeContent[] => {
    if (isAmong(view, now)) return [];
    if (view.kind === "dataset") return dataset.kind === "stored" ? [] : [{ kind: "dataFreed" }];
    const restored = runs?.some((record) => record.id === view.runId) ?? false;
    return [{ kind: restored ? "runRestored" : "runFreed", createdAt: view.createdAt }];
  });
  return [...added, ...gone];
}

function isAmong(view: RemovedView, others: readonly RemovedView[]): boolean {
  return others.some((other) =>
    view.kind === "run" ? other.kind === "run" && other.runId === view.runId : other.kind === view.kind,
  );
}

/** Each turn once; that it goes on as at the last visit is no news. */
function mirrorNotices(before: MirrorView | null, now: MirrorView): NoticeContent[] {
  const notices: NoticeContent[] = [];
  if (now.kind === "off" && before !== null && before.kind !== "off") notices.push({ kind: "mirrorOff" });
  if (now.kind === "waiting" && before?.kind !== "waiting") notices.push({ kind: "mirrorWaiting", folder: now.folder.name });
  if (now.kind !== "on") return notices;
  const isNews = before !== null && (before.kind !== "on" || before.folder !== now.folder);
  if (isNews) notices.push({ kind: "mirrorOn", folder: now.folder });
  const failed = before?.kind === "on" ? before.failure : null;
  if (now.failure !== null && now.failure.message !== failed?.message) notices.push({ kind: "mirrorFailed", error: now.failure });
  if (now.failure === null && failed !== null) notices.push({ kind: "mirrorWorks" });
  return notices;
}

/** That it was begun, that it has ended and why, and entries of which no run could be made: those of runs tell themselves. */
function queueNotices(before: QueueView | null, now: QueueView): NoticeContent[] {
  if (before === null) return [];
  const known = new Map(before.entries.map(({ id, state }) => [id, state.kind]));
  const failed = now.entries.flatMap(({ id, state }): NoticeContent[] =>
    state.kind === "failed" && state.runId === null && known.get(id) !== "failed" ? [{ kind: "failed", error: state.error }] : [],
  );
  if (now.running === before.running) return failed;
  const left = now.entries.filter(isLeft).length;
  if (now.running) return [...failed, { kind: "queueStarted", left }];
  return [...failed, left === 0 ? { kind: "queueDone" } : { kind: "queuePaused", left }];
}

function isAtWork({ kind }: Activity): boolean {
  return kind !== "idle" && kind !== "paused";
}

/** Another tab is announced once it has told what it does. */
function elsewhereNotices(before: ElsewhereView | null, now: ElsewhereView | null): NoticeContent[] {
  const known = now === null ? before !== null : now.work !== null;
  const changed = now?.work !== before?.work || now?.runId !== before?.runId;
  return known && changed ? [{ kind: "elsewhere", elsewhere: now }] : [];
}

function activityNotices({ activity: before, open }: Facts, now: Activity): NoticeContent[] {
  if (now.kind === "loadingData") {
    return before.kind === "loadingData" && before.file === now.file ? [] : [{ kind: "loadingData", file: now.file }];
  }
  if (now.kind === "evaluating") return before.kind === "evaluating" ? [] : [{ kind: "evaluating" }];
  if (now.kind === "measuring") return before.kind === "measuring" ? [] : [{ kind: "measuring" }];
  if (now.kind === "exporting") return before.kind === "exporting" || before.kind === "verifying" ? [] : [{ kind: "exporting" }];
  if (now.kind === "paused") return before.kind === "paused" ? [] : [{ kind: "stagePaused", stage: now.stage, step: now.step }];
  if (now.kind === "training") return trainingNotices(before, now);
  if (before.kind !== "training" && before.kind !== "paused") return [];
  const unfinished = open?.record.phase === "grouping" || open?.record.phase === "finetuning";
  return unfinished && before.step < before.steps ? [{ kind: "stageStopped", stage: before.stage, step: before.step }] : [];
}

function trainingNotices(before: Activity, now: Extract<Activity, { kind: "training" }>): NoticeContent[] {
  const { stage, step, steps } = now;
  if (before.kind !== "training" || before.stage !== stage)
    return [step === 0 ? { kind: "stageStarted", stage, steps } : { kind: "stageResumed", stage, step }];
  const part = (done: number): number => Math.floor((done * PROGRESS_PARTS) / steps);
  return part(step) > part(before.step) ? [{ kind: "stageProgressed", stage, step, steps }] : [];
}

function recordNotices(before: RunRecord | undefined, now: RunRecord): NoticeContent[] {
  if (before?.id !== now.id) return [];
  const notices: NoticeContent[] = [];
  if (now.failure !== null && now.failure.message !== before.failure?.message)
    notices.push({ kind: "failed", error: now.failure });
  if (now.phase !== before.phase) {
    if (now.phase === "grouped") notices.push({ kind: "stageFinished", stage: "group" });
    if (now.phase === "finetuned") notices.push({ kind: "stageFinished", stage: "finetune" });
  }
  return notices;
}

/** Shares of the unsplit network that the split does without, 0..1. */
export function savings(tree: SplitTree): { readonly savedParameters: number; readonly savedFlops: number } {
  return {
    savedParameters: 1 - tree.split.parameters / tree.unsplit.parameters,
    savedFlops: 1 - tree.split.flops / tree.unsplit.flops,
  };
}
