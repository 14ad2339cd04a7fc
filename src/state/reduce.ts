import type { RunRecord } from "../model/run";
import type { EngineEvent } from "../protocol/events";
import type { RunView } from "../protocol/views";
import { withLines, withSummaries } from "./compared-facts";
import { appendMetrics, curvesOf, rewindCurves } from "./curves";
import type { DatasetFact, Facts, Failure, OpenRun } from "./facts";
import { addNotices } from "./notices";
import { withProbe } from "./probes";

/** The facts after one more event, received at `time` (Unix milliseconds). Events of runs not looked at change no curve. */
export function reduce(facts: Facts, event: EngineEvent, time: number): Facts {
  return { ...applied(facts, event), notices: addNotices(facts, event, time) };
}

function applied(facts: Facts, event: EngineEvent): Facts {
  switch (event.kind) {
    case "deviceProbed":
      return { ...facts, device: event.device };
    case "activityChanged":
      return { ...facts, activity: event.activity };
    case "stopPlanned":
      return { ...facts, stopsAfterEpoch: event.afterEpoch };
    case "healthRead":
      return { ...facts, health: event.health };
    case "probed":
      return { ...facts, probes: withProbe(facts.probes, event.probe) };
    case "slept":
      return sleptWhile(facts, event.milliseconds / 1000);
    case "elsewhereChanged":
      return { ...facts, elsewhere: event.elsewhere };
    case "datasetChanged": {
      const dataset: DatasetFact = event.dataset === null ? { kind: "none" } : { kind: "stored", dataset: event.dataset };
      return { ...facts, dataset, images: null, classImages: null, examples: null, preview: null };
    }
    case "imagesLoaded":
      return { ...facts, images: { labels: event.labels, rgba: event.rgba } };
    case "classImagesLoaded":
      return { ...facts, classImages: { labels: event.labels, rgba: event.rgba } };
    case "examplesLoaded":
      return { ...facts, examples: event.examples };
    case "imagePreviewed":
      return { ...facts, preview: event.preview };
    case "storageMeasured":
      return { ...facts, storage: event.storage };
    case "removedChanged":
      return { ...facts, removed: event.removed };
    case "mirrorChanged":
      return { ...facts, mirror: event.mirror };
    case "queueChanged":
      return { ...facts, queue: event.queue };
    case "runsListed":
      return { ...facts, runs: event.runs, open: stillListed(facts.open, event.runs) };
    case "runsDescribed":
      return { ...facts, descriptions: event.descriptions };
    case "runOpened":
      return { ...facts, runs: withRecord(facts.runs, event.run.record), open: openedRun(facts.open, event.run) };
    case "historyRead":
      return inRun(facts, event.runId, (run) => ({ ...run, history: event.history }));
    case "runChanged":
      return {
        ...facts,
        runs: withRecord(facts.runs, event.record),
        open: facts.open?.record.id === event.record.id ? withChange(facts.open, event.record) : facts.open,
      };
    case "metricsRecorded":
      return inRun(facts, event.runId, (run) => ({ ...run, curves: appendMetrics(run.curves, event.metrics) }));
    case "metricsRewound":
      return inRun(facts, event.runId, (run) => ({
        ...run,
        curves: rewindCurves(run.curves, event.stage, event.step),
        history: event.stage === "group" ? snapshotsUpTo(run.history, event.step) : run.history,
      }));
    case "assignmentsChanged":
      return inRun(facts, event.runId, (run) => {
        const snapshot = { step: event.step, spaces: event.assignments, blocks: event.blocks };
        const history = event.kept ? [...snapshotsUpTo(run.history, event.step - 1), snapshot] : run.history;
        return { ...run, assignments: snapshot, history };
      });
    case "checkpointWritten":
      return inRun(facts, event.runId, (run) => ({ ...run, checkpoint: { stage: event.stage, step: event.step } }));
    case "runTroubled":
      return inRun(facts, event.runId, (run) => ({ ...run, unsaved: unsavedAfter(run.unsaved, event) }));
    case "splitPlanned":
      return inRun(facts, event.runId, (run) => ({ ...run, split: { tree: event.tree, classGroups: event.classGroups } }));
    case "evaluated":
      return inRun(facts, event.runId, (run) => ({ ...run, evaluation: event.evaluation, confused: null, ranked: null }));
    case "confusedLoaded":
      return inRun(facts, event.confused.runId, (run) => ({ ...run, confused: event.confused }));
    case "checkpointsListed":
      return { ...facts, checkpoints: { runId: event.runId, list: event.checkpoints } };
    case "runsSummarized":
      return { ...facts, compared: withSummaries(facts.compared, event.view) };
    case "linesLoaded":
      return { ...facts, compared: withLines(facts.compared, event.view) };
    case "layerLoaded":
      return inRun(facts, event.layer.runId, (run) => ({ ...run, layer: event.layer }));
    case "rankedLoaded":
      return inRun(facts, event.ranked.runId, (run) => ({ ...run, ranked: event.ranked }));
    case "imageTried":
      return inRun(facts, event.tried.runId, (run) => ({ ...run, tried: { kind: "done", ...event.tried } }));
    case "imageNotTried":
      return inRun(facts, event.runId, (run) => ({ ...run, tried: { kind: "failed", error: event.error } }));
    case "branchesTimed":
      return inRun(facts, event.timing.runId, (run) => ({ ...run, timing: event.timing }));
    case "exported":
      return inRun(facts, event.runId, (run) => ({
        ...run,
        exported: { fileName: event.fileName, file: event.file },
        verification: null,
      }));
    case "exportVerifying":
      return inRun(facts, event.runId, (run) => ({
        ...run,
        verification: { kind: "running", done: event.done, total: event.total },
      }));
    case "exportUnverified":
      return inRun(facts, event.runId, (run) => ({ ...run, verification: null }));
    case "exportVerified":
      return inRun(facts, event.runId, (run) => ({ ...run, verification: { kind: "done", ...event.verification } }));
    case "runSaved":
      return { ...facts, saved: { runId: event.runId, fileName: event.fileName, file: event.file } };
    case "requestFailed":
      return { ...facts, failures: [newFailure(facts, event), ...facts.failures] };
    default:
      return event satisfies never;
  }
}

/** The facts without a failure that has been read. */
export function dismissFailure(facts: Facts, id: number): Facts {
  return { ...facts, failures: facts.failures.filter((failure) => failure.id !== id) };
}

function newFailure(facts: Facts, event: Extract<EngineEvent, { kind: "requestFailed" }>): Failure {
  return { id: (facts.failures[0]?.id ?? -1) + 1, error: event.error };
}

/** A run that is opened anew keeps what is known of it until its files are read again; of another one nothing is known yet. */
function openedRun(before: OpenRun | null, { record, curves }: RunView): OpenRun {
  const known = before?.record.id === record.id ? before : unreadRun();
  return { ...known, record, curves: curvesOf(curves), checkpoint: null, unsaved: null };
}

/** In another phase the run has other networks than those that an image was tried on and that were timed. */
function withChange(run: OpenRun, record: RunRecord): OpenRun {
  return record.phase === run.record.phase ? { ...run, record } : { ...run, record, tried: null, timing: null };
}

function unreadRun(): Omit<OpenRun, "record" | "curves"> {
  return {
    history: [],
    assignments: null,
    split: null,
    evaluation: null,
    confused: null,
    layer: null,
    ranked: null,
    tried: null,
    timing: null,
    exported: null,
    verification: null,
    checkpoint: null,
    sleeps: [],
    unsaved: null,
  };
}

function snapshotsUpTo(history: OpenRun["history"], step: number): OpenRun["history"] {
  return history.filter((snapshot) => snapshot.step <= step);
}

/** Only a run that trained meanwhile has a gap. */
function sleptWhile(facts: Facts, seconds: number): Facts {
  if (facts.activity.kind !== "training") return facts;
  const { runId, stage, step } = facts.activity;
  return inRun(facts, runId, (run) => {
    const others = run.sleeps.filter((sleep) => sleep.stage !== stage || sleep.step !== step);
    const before = run.sleeps.find((sleep) => !others.includes(sleep))?.seconds ?? 0;
    return { ...run, sleeps: [...others, { stage, step, seconds: before + seconds }] };
  });
}

type Troubled = Extract<EngineEvent, { kind: "runTroubled" }>;

function unsavedAfter(before: OpenRun["unsaved"], { trouble, refused }: Troubled): OpenRun["unsaved"] {
  // A refused line of the curves offers no newer checkpoint than the one refused before.
  if (trouble.kind === "unsaved") return { error: trouble.error, refused: refused ?? before?.refused ?? null };
  return trouble.kind === "savedAgain" ? null : before;
}

function inRun(facts: Facts, runId: string, change: (run: OpenRun) => OpenRun): Facts {
  return facts.open?.record.id === runId ? { ...facts, open: change(facts.open) } : facts;
}

/** A removed run is no longer looked at. */
function stillListed(open: OpenRun | null, runs: readonly RunRecord[]): OpenRun | null {
  return open !== null && runs.some((record) => record.id === open.record.id) ? open : null;
}

function withRecord(runs: readonly RunRecord[] | null, record: RunRecord): readonly RunRecord[] {
  const known = runs ?? [];
  return known.some(({ id }) => id === record.id)
    ? known.map((other) => (other.id === record.id ? record : other))
    : [record, ...known];
}
