import { RequestError, toErrorValue } from "../base/errors";
import type { EngineContext, EngineFact } from "../engine/context";
import { RunControl } from "../engine/control";
import { createRun } from "../engine/runs";
import { evaluateStage, exportStage, finetuneStage, groupStage, resumeStage, splitStage } from "../engine/stages";
import type { Config } from "../model/config";
import type { Command } from "../protocol/commands";
import type { StoredValues } from "../storage/browser/values";
import type { PageStores } from "../storage/stores";
import { ActivityReporter } from "./activity-reporter";
import { ActivitySlot, type Doing } from "./activity-slot";
import type { BinCommand } from "./bin";
import { parseCommand, requestIdOf } from "./command-parser";
import type { DataLibrary } from "./data-library";
import type { BrowserFacts } from "./device-advice";
import { DeviceKeeper, type StudioDevice } from "./device-keeper";
import { eventOf, isActivityFact, type RunFact } from "./fact-events";
import { GapWatch } from "./gap-watch";
import { type Post, Publisher } from "./publisher";
import type { RunDesk } from "./run-desk";
import { type Shelves, shelvesOf } from "./shelves";
import { type StorageEstimate, StorageMeter } from "./storage-meter";
import { type Locks, type TabChannel, Tabs, type TabWork } from "./tabs";

/** What the studio is made of; tests put stand-ins here. */
export interface StudioParts {
  readonly openStores: () => Promise<PageStores>;
  /** Remembers the folder that runs are mirrored into. */
  readonly mirrorValues: StoredValues;
  readonly openDevice: () => Promise<StudioDevice>;
  readonly browser: BrowserFacts;
  readonly locks: Locks | null;
  readonly tabs: TabChannel | null;
  readonly estimateStorage: () => Promise<StorageEstimate | null>;
  readonly post: Post;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly breathe: () => Promise<void>;
}

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
  readonly #meter: StorageMeter;
  readonly #tabs: Tabs;
  readonly #gaps: GapWatch;
  #opening: Promise<Shelves> | null = null;
  #rereading: Promise<void> = Promise.resolve();

  constructor(parts: StudioParts) {
    this.#parts = parts;
    this.#publisher = new Publisher(parts.post);
    this.#reporter = new ActivityReporter(
      (activity) => this.#publisher.publish({ kind: "activityChanged", activity }),
      parts.now,
    );
    this.#slot = new ActivitySlot(() => this.#reporter.finish());
    this.#meter = new StorageMeter({
      estimate: parts.estimateStorage,
      publish: (storage) => this.#publisher.publish({ kind: "storageMeasured", storage }),
      now: parts.now,
    });
    this.#gaps = new GapWatch({
      now: parts.now,
      onGap: (milliseconds) => this.#publisher.publish({ kind: "slept", milliseconds }),
    });
    this.#tabs = new Tabs({
      locks: parts.locks,
      channel: parts.tabs,
      onElsewhere: (elsewhere) => this.#publisher.publish({ kind: "elsewhereChanged", elsewhere }),
      onStored: (runId) => this.#reread(runId),
    });
    this.#devices = new DeviceKeeper({
      openDevice: parts.openDevice,
      browser: parts.browser,
      publish: (device) => this.#publisher.publish({ kind: "deviceProbed", device }),
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
        return this.#open(id);
      case "importData":
        return this.#importData(command.files, command.names);
      case "useSampleData":
        return this.#load("sample data", ({ library }, signal) => library.useSample(signal));
      case "loadImages":
        return this.#loadImages(command.label, command.count);
      case "group":
        return this.#group(command.config);
      case "split":
        return this.#split(command.runId, command.emptyGroups);
      case "evaluate":
        return this.#evaluate(command.runId);
      case "export":
        return this.#export(command.runId);
      case "pause":
        return this.#slot.training("paused").pause();
      case "resume":
        return this.#resume(command.runId);
      case "stop":
        return this.#slot.stop();
      case "checkpoint":
        return this.#slot.training("asked for a checkpoint").requestCheckpoint();
      case "openRun":
        return (await this.#shelves()).desk.open(command.runId);
      case "saveRun":
        return (await this.#shelves()).desk.save(command.runId, this.#parts.now());
      case "mirror":
        return (await this.#shelves()).mirror.start(command.folder);
      case "stopMirror":
        return (await this.#shelves()).mirror.stop();
      case "loadRun":
        return this.#loadRun(command.file);
      case "removeData":
      case "restoreData":
      case "freeData":
        this.#slot.requireNothing();
        return this.#changeBin(command, null);
      case "removeRun":
      case "restoreRun":
      case "freeRun":
        if (this.#slot.uses(command.runId)) throw new RequestError(`run ${command.runId} is in use`, "Stop it first.");
        return this.#changeBin(command, command.runId);
      default:
        return command satisfies never;
    }
  }

  /** Each part by itself: a damaged run does not hide the data set, a missing device does not hide the runs. */
  async #open(id: number): Promise<void> {
    this.#reporter.republish();
    const probe = this.#devices.probe();
    // Not awaited: it waits for the end of what another tab does.
    void this.#tabs.look();
    try {
      const { library, desk, mirror } = await this.#shelves();
      const dataset = await library.view().catch((error: unknown) => {
        this.#fail(id, error);
        return null;
      });
      this.#publisher.publish({ kind: "datasetChanged", dataset });
      await desk.openLatest();
      await this.#emptyBin();
      await mirror.open();
      await this.#measure();
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
        const shelves = await this.#shelves();
        this.#publisher.publish({ kind: "datasetChanged", dataset: await work(shelves, abort.signal) });
        // It has replaced a removed one.
        await shelves.bin.show();
        await this.#measure();
      } catch (error) {
        // A stopped import is what was asked for.
        if (!abort.signal.aborted) throw error;
      }
    });
  }

  async #loadImages(label: number | null, count: number): Promise<void> {
    const { library } = await this.#shelves();
    this.#publisher.publish({ kind: "imagesLoaded", ...(await library.images(label, count)) });
  }

  async #group(config: Config): Promise<void> {
    await this.#train(null, async (context, { desk }) => {
      const { id } = await createRun(context, config);
      this.#slot.trainingIs(id);
      this.#tabs.workIs({ work: "training", runId: id });
      await desk.open(id);
      await groupStage(context, id);
    });
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

  async #train(runId: string | null, work: (context: EngineContext, shelves: Shelves) => Promise<void>): Promise<void> {
    const control = new RunControl();
    await this.#alone({ kind: "training", runId, control }, { work: "training", runId }, async () =>
      work(await this.#engineContext(control), await this.#shelves()),
    );
  }

  async #evaluate(runId: string): Promise<void> {
    const control = new RunControl();
    await this.#alone({ kind: "evaluating", runId, control }, { work: "evaluating", runId }, async () => {
      await (await this.#shelves()).desk.show(runId);
      await evaluateStage(await this.#engineContext(control), runId);
    });
  }

  async #export(runId: string): Promise<void> {
    const control = new RunControl();
    await this.#slot.during({ kind: "exporting", runId, control }, async () => {
      const report = (): void => this.#reporter.report({ kind: "exporting", runId });
      report();
      await (await this.#shelves()).desk.show(runId);
      const context = await this.#engineContext(control);
      const observer = (fact: EngineFact): void => {
        context.observer(fact);
        if (fact.kind === "troubled" && fact.trouble.kind === "retaken") report();
      };
      const bundle = await exportStage({ ...context, observer }, runId);
      if (bundle === null) return;
      const file = new Blob([bundle.bytes], { type: "application/zip" });
      this.#publisher.publish({ kind: "exported", runId, fileName: bundle.fileName, file });
    });
  }

  async #loadRun(file: Blob): Promise<void> {
    this.#slot.requireNothing();
    const { desk } = await this.#shelves();
    await this.#changing({ work: "loadingData", runId: null }, () => desk.load(file, this.#parts.now()));
    await this.#measure();
  }

  async #changeBin(command: BinCommand, runId: string | null): Promise<void> {
    const { bin } = await this.#shelves();
    await this.#changing({ work: "removing", runId }, () => bin.obey(command));
    // While this tab trains the others hear of nothing else.
    if (runId !== null) this.#tabs.stored(runId);
    await this.#measure();
  }

  /** Frees what was removed a day ago; where another tab is at work, the next visit does. */
  async #emptyBin(): Promise<void> {
    const { bin } = await this.#shelves();
    if (await bin.hasExpired())
      await this.#changing({ work: "removing", runId: null }, () => bin.freeExpired()).catch(ignoreRefusal);
    await bin.show();
  }

  async #measure(): Promise<void> {
    await this.#meter.measure(await this.#shelves());
  }

  /** Does one thing that changes what is stored: one at a time here, and in one tab alone. */
  #alone(doing: Doing, work: TabWork, change: () => Promise<void>): Promise<void> {
    return this.#slot.during(doing, () => this.#changing(work, change));
  }

  #changing<Value>(work: TabWork, change: () => Promise<Value>): Promise<Value> {
    return this.#tabs.alone(work, async () => {
      // What another tab has stored is shown before it is changed here.
      await this.#rereading;
      return change();
    });
  }

  /** Shows what another tab has stored. What cannot be read between two of its writes is read after the next one. */
  #reread(runId: string | null): void {
    const read = async (): Promise<void> => {
      const { library, desk, bin, mirror } = await this.#shelves();
      if (await library.changed()) this.#publisher.publish({ kind: "datasetChanged", dataset: await library.view() });
      await desk.reread(runId);
      await bin.show();
      await mirror.show();
    };
    this.#rereading = this.#rereading.then(read).catch(() => undefined);
  }

  async #engineContext(control: RunControl): Promise<EngineContext> {
    const { now, breathe } = this.#parts;
    const { library, runs, desk } = await this.#shelves();
    const { dataset, summary } = await library.load();
    await this.#devices.device();
    const observer = (fact: EngineFact): void => {
      this.#observe(desk, fact);
      if (fact.kind === "checkpointed" || fact.kind === "evaluated")
        void this.#shelves().then((shelves) => this.#meter.follow(shelves));
    };
    const alone: EngineContext["alone"] = (runId, work) => this.#changing({ work: "training", runId }, work);
    return { dataset, summary, runs, compute: this.#devices.compute, control, attended: true, now, breathe, alone, observer };
  }

  #observe(desk: RunDesk, fact: EngineFact): void {
    if (isActivityFact(fact)) {
      this.#reporter.reportFact(fact);
    } else {
      if (fact.kind === "troubled" && fact.trouble.kind === "retaking") this.#slot.retaking = true;
      if (fact.kind === "troubled" && fact.trouble.kind === "retaken") this.#slot.retaking = false;
      desk.remember(fact);
      if (STORED.has(fact.kind)) this.#tabs.stored("runId" in fact ? fact.runId : fact.record.id);
      this.#publisher.publish(eventOf(fact));
    }
  }

  /** Storage, opened once; a refusal is told and tried again at the next request. */
  async #shelves(): Promise<Shelves> {
    this.#opening ??= this.#parts
      .openStores()
      .then((stores) => shelvesOf(stores, { ...this.#parts, publish: (event) => this.#publisher.publish(event) }));
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw error;
    }
  }

  #fail(requestId: number, error: unknown): void {
    this.#publisher.publish({ kind: "requestFailed", requestId, error: toErrorValue(error) });
  }
}

/** Another tab is at work: not a failure of what nobody asked for. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RequestError)) throw error;
}
