import { RequestError, toErrorValue } from "../base/errors";
import type { EngineContext, EngineFact } from "../engine/context";
import { RunControl } from "../engine/control";
import { runThrough } from "../engine/run-through";
import { createRun } from "../engine/runs";
import { evaluateStage, finetuneStage, groupStage, resumeStage, splitStage } from "../engine/stages";
import type { Config } from "../model/config";
import type { Command } from "../protocol/commands";
import { ActivityReporter } from "./activity-reporter";
import { ActivitySlot, type Doing } from "./activity-slot";
import { parseCommand, requestIdOf } from "./command-parser";
import type { DataLibrary } from "./data-library";
import type { BrowserFacts } from "./device-advice";
import { DeviceKeeper, type StudioDevice } from "./device-keeper";
import { eventOf, isActivityFact, type RunFact } from "./fact-events";
import { GapWatch } from "./gap-watch";
import { healthView } from "./health";
import { probeView } from "./probe-view";
import { type Post, Publisher } from "./publisher";
import { workOff } from "./queue-work";
import { type Reading, readFor } from "./readings";
import type { LoadedFiles, RunDesk } from "./run-desk";
import { type RunJobParts, RunJobs } from "./run-jobs";
import { SharedShelves, type SharedShelvesParts } from "./shared-shelves";
import type { Shelves } from "./shelves";
import type { TabWork } from "./tabs";

/** What the studio is made of; tests put stand-ins here. */
export interface StudioParts
  extends Omit<SharedShelvesParts, "publish">,
    Pick<RunJobParts, "decodeImage" | "openBranch" | "verify"> {
  readonly openDevice: () => Promise<StudioDevice>;
  readonly browser: BrowserFacts;
  readonly post: Post;
  readonly breathe: () => Promise<void>;
}

/** What is read where no file is. */
const SAMPLE_DATA = "sample data";

/** Facts after which storage holds something that other tabs can show. */
const STORED: ReadonlySet<RunFact["kind"]> = new Set(["recorded", "checkpointed", "planned", "evaluated"]);

/**
 * The engine behind the page: takes commands, does one long thing at a time, and publishes what happened. Every command is answered
 * by events; one that cannot be done, or fails, by `requestFailed`.
 */
export class Studio {
  readonly #parts: StudioParts;
  readonly #publisher: Publisher;
  readonly #reporter: ActivityReporter;
  readonly #devices: DeviceKeeper;
  readonly #slot: ActivitySlot;
  readonly #shelves: SharedShelves;
  readonly #gaps: GapWatch;
  readonly #jobs: RunJobs;

  constructor(parts: StudioParts) {
    this.#parts = parts;
    this.#publisher = new Publisher(parts.post);
    this.#reporter = new ActivityReporter(
      (activity) => this.#publisher.publish({ kind: "activityChanged", activity }),
      parts.now,
    );
    this.#slot = new ActivitySlot(() => this.#reporter.finish());
    this.#gaps = new GapWatch({
      now: parts.now,
      onGap: (milliseconds) => this.#publisher.publish({ kind: "slept", milliseconds }),
    });
    this.#shelves = new SharedShelves({ ...parts, publish: (event) => this.#publisher.publish(event) });
    this.#devices = new DeviceKeeper({
      openDevice: parts.openDevice,
      browser: parts.browser,
      publish: (device) => this.#publisher.publish({ kind: "deviceProbed", device }),
    });
    this.#jobs = new RunJobs({
      ...parts,
      slot: this.#slot,
      reporter: this.#reporter,
      shelves: this.#shelves,
      devices: this.#devices,
      publish: (event) => this.#publisher.publish(event),
      contextFor: (control) => this.#engineContext(control),
    });
  }

  /** Looks at the clock; to be called every `BEAT_MS`. */
  beat(): void {
    this.#gaps.beat();
  }

  /** Takes one message of the page; resolves when everything it asked for is done, and never rejects. */
  async receive(message: unknown): Promise<void> {
    try {
      const { id, command } = parseCommand(message);
      await this.#handle(id, command);
    } catch (error) {
      this.#fail(requestIdOf(message), error);
    }
  }

  async #handle(id: number, command: Command): Promise<void> {
    switch (command.kind) {
      case "open":
        return this.#open(id, command.runId ?? null);
      case "importData":
        return this.#importData(command.files, command.names);
      case "useSampleData":
        return this.#load(SAMPLE_DATA, ({ library }, signal) => library.useSample(signal));
      case "loadImages":
      case "loadClassImages":
      case "loadExamples":
      case "previewImage":
      case "loadConfused":
      case "loadLayer":
      case "loadRanked":
      case "summarizeRuns":
      case "loadLines":
      case "listCheckpoints":
      case "saveRun":
      case "saveMetrics":
        return this.#read(command);
      case "findDevice":
        return this.#devices.probe();
      case "readHealth":
        return this.#readHealth();
      case "probe":
        return this.#probe(command.config);
      case "group":
        return this.#group(command.config, command.through ?? false);
      case "demonstrate":
        return this.#demonstrate(command.config);
      case "split":
        return this.#split(command.runId, command.emptyGroups);
      case "evaluate":
        return this.#evaluate(command.runId);
      case "tryImage":
        return this.#jobs.try(command);
      case "timeBranches":
        return this.#jobs.timeBranches(command.runId);
      case "verifyExport":
        return this.#jobs.verify(command.runId, command.file);
      case "export":
        return this.#jobs.export(command);
      case "pause":
        return this.#slot.pause();
      case "resume":
        return this.#resume(command.runId);
      case "stop":
        return this.#slot.stop();
      case "stopAfterEpoch":
        this.#slot.stopAfterEpoch(command.wanted);
        return this.#publisher.publish({ kind: "stopPlanned", afterEpoch: command.wanted });
      case "checkpoint":
        return this.#slot.training("asked for a checkpoint").requestCheckpoint();
      case "openRun":
        return (await this.#shelves.open()).desk.open(command.runId);
      case "describeRun":
        return this.#shelves.describe(command.runId, { name: command.name, notes: command.notes });
      case "forkRun":
        return this.#fork(command);
      case "mirror":
        return (await this.#shelves.open()).mirror.start(command.folder);
      case "stopMirror":
        return (await this.#shelves.open()).mirror.stop();
      case "loadRun":
        return this.#loadRun(command);
      case "enqueue":
      case "enqueueControls":
      case "enqueueManual":
      case "moveQueued":
      case "removeQueued":
      case "restoreQueued":
      case "forgetQueued":
      case "retryQueued":
        return this.#shelves.changeQueue(command);
      case "startQueue":
        return this.#workOffQueue();
      case "removeData":
      case "restoreData":
      case "freeData":
        this.#slot.requireNothing();
        return this.#shelves.changeBin(command, null);
      case "removeRun":
      case "restoreRun":
      case "freeRun":
        if (this.#slot.uses(command.runId)) throw new RequestError(`run ${command.runId} is in use`, "Stop it first.");
        return this.#shelves.changeBin(command, command.runId);
      default:
        return command satisfies never;
    }
  }

  /** Each part by itself: a damaged run does not hide the data set, a missing device does not hide the runs. */
  async #open(id: number, runId: string | null): Promise<void> {
    this.#reporter.republish();
    const probe = this.#devices.probe();
    // Not awaited: it waits for the end of what another tab does.
    void this.#shelves.tabs.look();
    try {
      const { library, desk, mirror, queue } = await this.#shelves.open();
      const dataset = await library.view().catch((error: unknown) => {
        this.#fail(id, error);
        return null;
      });
      this.#publisher.publish({ kind: "datasetChanged", dataset });
      await desk.openFirst(runId).catch((error: unknown) => this.#fail(id, error));
      await queue.show();
      await this.#shelves.emptyBin();
      await mirror.open();
      await this.#shelves.measure();
    } catch (error) {
      this.#fail(id, error);
    }
    await probe;
  }

  async #importData(files: readonly Blob[], names: readonly string[]): Promise<void> {
    if (files.length !== names.length) {
      throw new RequestError(`${files.length} files came with ${names.length} names`, "Choose the files again.");
    }
    const sources = files.map((file, index) => ({ name: names[index]!, size: file.size, stream: () => file.stream() }));
    const report = (file: string, bytesDone: number, bytesTotal: number | null): void =>
      this.#reporter.report({ kind: "loadingData", file, bytesDone, bytesTotal });
    await this.#load(names.join(", "), ({ library }, signal) =>
      library.importFiles(sources, ({ file, bytesDone, bytesTotal }) => report(file, bytesDone, bytesTotal), signal),
    );
  }

  async #load(
    file: string,
    work: (shelves: Shelves, signal: AbortSignal) => ReturnType<DataLibrary["useSample"]>,
  ): Promise<void> {
    const abort = new AbortController();
    await this.#alone({ kind: "loading", abort }, { work: "loadingData", runId: null }, async () => {
      this.#reporter.report({ kind: "loadingData", file, bytesDone: 0, bytesTotal: null });
      try {
        const shelves = await this.#shelves.open();
        this.#publisher.publish({ kind: "datasetChanged", dataset: await work(shelves, abort.signal) });
        // It has replaced a removed one.
        await shelves.bin.show();
        await this.#shelves.measure();
      } catch (error) {
        // A stopped import is what was asked for.
        if (!abort.signal.aborted) throw error;
      }
    });
  }

  async #read(command: Reading): Promise<void> {
    this.#publisher.publish(await readFor(await this.#shelves.open(), command));
  }

  async #fork({ runId, stage, copy, config }: Extract<Command, { kind: "forkRun" }>): Promise<void> {
    this.#slot.requireNothing();
    const { desk } = await this.#shelves.open();
    const fork = (): Promise<void> => desk.fork(runId, { stage, copy }, config, this.#parts.now());
    await this.#shelves.changing({ work: "loadingData", runId: null }, fork);
    await this.#shelves.measure();
  }

  async #readHealth(): Promise<void> {
    const { browser, locks, estimateStorage } = this.#parts;
    const { speed } = this.#reporter;
    const openShelves = () => this.#shelves.open();
    const health = await healthView({ devices: this.#devices, speed, openShelves, estimateStorage, browser, locks });
    this.#publisher.publish({ kind: "healthRead", health });
  }

  async #probe(config: Config): Promise<void> {
    const abort = new AbortController();
    await this.#slot.during({ kind: "measuring", abort }, async () => {
      try {
        const { library } = await this.#shelves.open();
        const probe = await probeView(await this.#devices.device(), await library.view(), {
          config,
          signal: abort.signal,
          onStep: (stage, step, steps) => this.#reporter.report({ kind: "measuring", stage, step, steps }),
        });
        this.#publisher.publish({ kind: "probed", probe });
      } catch (error) {
        // A stopped measurement is what was asked for.
        if (!abort.signal.aborted) throw error;
      }
    });
  }

  async #group(config: Config, through: boolean): Promise<void> {
    await this.#train(null, async (context, { desk }) => {
      const { id } = await createRun(context, config);
      await this.#nowTraining(id, desk);
      await (through ? runThrough(context, id) : groupStage(context, id));
    });
  }

  /** One run of the queue after the other; while it is its turn nothing else can be begun. */
  async #workOffQueue(): Promise<void> {
    const work = (context: EngineContext, { desk, queue }: Shelves): Promise<void> =>
      workOff(queue, context, async (runId) => {
        this.#reporter.nextRun();
        await this.#nowTraining(runId, desk);
      });
    await this.#train(null, work, { queued: true });
  }

  async #nowTraining(runId: string, desk: RunDesk): Promise<void> {
    this.#slot.trainingIs(runId);
    this.#shelves.tabs.workIs({ work: "training", runId });
    await desk.open(runId);
  }

  async #demonstrate(config: Config): Promise<void> {
    const { library, datasets } = await this.#shelves.open();
    const stored = async (): Promise<boolean> => (await library.view()) !== null;
    if ((await datasets.removed()) !== null) {
      throw new RequestError(
        "a removed data set can still be taken back, and sample data would replace it",
        "Undo, or free its space, first.",
      );
    }
    if (!(await stored())) await this.#load(SAMPLE_DATA, (shelves, signal) => shelves.library.useSample(signal));
    // Stopped while it was read: nothing is to be shown.
    if (await stored()) await this.#group(config, true);
  }

  async #split(runId: string, emptyGroups: Config["emptyGroups"] | undefined): Promise<void> {
    await this.#train(runId, async (context, { desk }) => {
      await desk.show(runId);
      if ((await splitStage(context, runId, emptyGroups)) !== null) await finetuneStage(context, runId);
    });
  }

  async #resume(runId: string): Promise<void> {
    const paused = this.#slot.paused(runId);
    if (paused !== null) {
      paused.resume();
      return;
    }
    await this.#train(runId, async (context, { desk }) => {
      await desk.show(runId);
      await resumeStage(context, runId);
    });
  }

  async #train(
    runId: string | null,
    work: (context: EngineContext, shelves: Shelves) => Promise<void>,
    { queued } = { queued: false },
  ): Promise<void> {
    const control = new RunControl();
    const doing = { kind: "training", runId, control, queued } as const;
    try {
      await this.#alone(doing, { work: "training", runId }, async () =>
        work(await this.#engineContext(control), await this.#shelves.open()),
      );
    } finally {
      if (control.stopsAfterEpoch) this.#publisher.publish({ kind: "stopPlanned", afterEpoch: false });
    }
  }

  async #evaluate(runId: string): Promise<void> {
    const control = new RunControl();
    await this.#alone({ kind: "evaluating", runId, control }, { work: "evaluating", runId }, async () => {
      await (await this.#shelves.open()).desk.show(runId);
      await evaluateStage(await this.#engineContext(control), runId);
    });
  }

  async #loadRun(chosen: Omit<LoadedFiles, "dataset">): Promise<void> {
    this.#slot.requireNothing();
    const { desk, library } = await this.#shelves.open();
    await this.#shelves.changing({ work: "loadingData", runId: null }, async () =>
      desk.load({ ...chosen, dataset: await library.view() }, this.#parts.now()),
    );
    await this.#shelves.measure();
  }

  /** Does one thing that changes what is stored: one at a time here, and in one tab alone. */
  #alone(doing: Doing, work: TabWork, change: () => Promise<void>): Promise<void> {
    return this.#slot.during(doing, () => this.#shelves.changing(work, change));
  }

  async #engineContext(control: RunControl): Promise<EngineContext> {
    const { now, breathe } = this.#parts;
    const { library, runs, desk } = await this.#shelves.open();
    const { dataset, summary } = await library.load();
    await this.#devices.device();
    const observer = (fact: EngineFact): void => {
      this.#observe(desk, fact);
      if (fact.kind === "checkpointed" || fact.kind === "evaluated") void this.#shelves.follow();
    };
    const alone: EngineContext["alone"] = (runId, work) => this.#shelves.changing({ work: "training", runId }, work);
    return { dataset, summary, runs, compute: this.#devices.compute, control, attended: true, now, breathe, alone, observer };
  }

  #observe(desk: RunDesk, fact: EngineFact): void {
    if (isActivityFact(fact)) {
      this.#reporter.reportFact(fact);
    } else {
      if (fact.kind === "troubled" && fact.trouble.kind === "retaking") this.#slot.retaking = true;
      if (fact.kind === "troubled" && fact.trouble.kind === "retaken") this.#slot.retaking = false;
      desk.remember(fact);
      if (STORED.has(fact.kind)) this.#shelves.tabs.stored("runId" in fact ? fact.runId : fact.record.id);
      this.#publisher.publish(eventOf(fact));
    }
  }

  #fail(requestId: number, error: unknown): void {
    this.#publisher.publish({ kind: "requestFailed", requestId, error: toErrorValue(error) });
  }
}
