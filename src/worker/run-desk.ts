import { RequestError } from "../base/errors";
import type { DatasetSummary } from "../data/dataset";
import type { EngineFact } from "../engine/context";
import { DESCRIPTION_FILE, decodeDescription, encodeDescription } from "../engine/description-file";
import { importFiles } from "../engine/files-import";
import { type ForkPoint, forkRun } from "../engine/fork";
import { readRunFiles } from "../engine/opened-run";
import { storedRun } from "../engine/runs";
import type { Config } from "../model/config";
import { type CurveColumns, curveColumns, joinColumns } from "../model/curve-columns";
import type { Metric, RunDescription, RunRecord } from "../model/run";
import type { EngineEvent } from "../protocol/events";
import type { AssignmentSnapshotView } from "../protocol/views";
import type { RunStore } from "../storage/stores";
import { assignmentViews, snapshotView } from "./fact-events";

/** Files as chosen, with their names, and the run that weights alone are of. */
export interface LoadedFiles {
  readonly files: readonly Blob[];
  readonly names: readonly string[];
  readonly runId: string | null;
  /** What an unsplit network begins a run with. */
  readonly config: Config | null;
  readonly dataset: DatasetSummary | null;
}

/** Far above the checkpoints of any network that a browser trains. */
const LARGEST_SAVED_RUN = 2 ** 31;

/** The stored runs, and the one the page looks at. */
export class RunDesk {
  readonly #runs: RunStore;
  readonly #publish: (event: EngineEvent) => void;
  #shown: string | null = null;
  /** What the run in training has reported and may not be stored yet: all since its last checkpoint. */
  #recent: Recent | null = null;

  constructor(runs: RunStore, publish: (event: EngineEvent) => void) {
    this.#runs = runs;
    this.#publish = publish;
  }

  /** Lists all runs and opens the one last worked on, if there is one. */
  async openLatest(): Promise<void> {
    const records = await this.#list();
    const latest = this.#recent?.runId ?? records[0]?.id;
    if (latest !== undefined) await this.open(latest);
  }

  /** Lists all runs and opens the one asked for; where that is not here, the one last worked on, and throws RequestError. */
  async openFirst(wanted: string | null): Promise<void> {
    if (wanted === null) return this.openLatest();
    const records = await this.#list();
    if (records.some(({ id }) => id === wanted)) return this.open(wanted);
    await this.openLatest();
    throw new RequestError(
      `the address asks for the run ${wanted}, and it is not stored in this browser`,
      "If it was made elsewhere, save it there as a file and load that here; the settings in the address stand in the form.",
    );
  }

  /** Publishes everything stored of a run: its curves at once, the rest when its files are read. */
  async open(id: string): Promise<void> {
    const record = await storedRun(this.#runs, id);
    const curves = await this.curvesOf(id);
    this.#shown = id;
    this.#publish({ kind: "runOpened", run: { record, curves } });
    const { assignments, history: stored, split, evaluation } = await readRunFiles(this.#runs, record);
    const recent = this.#recent?.runId === id ? this.#recent : NOTHING;
    const history = withLater(stored.map(snapshotView), recent.history);
    this.#publish({ kind: "historyRead", runId: id, history });
    if (assignments !== null) {
      const { step, bySpace } = assignments;
      const blocks = history.find((snapshot) => snapshot.step === step)?.blocks ?? null;
      const views = assignmentViews(bySpace);
      this.#publish({ kind: "assignmentsChanged", runId: id, step, assignments: views, blocks, kept: false });
    }
    if (split !== null) this.#publish({ kind: "splitPlanned", runId: id, ...split });
    if (evaluation !== null) this.#publish({ kind: "evaluated", runId: id, evaluation });
  }

  /** Opens the run unless the page looks at it already. */
  async show(id: string): Promise<void> {
    if (this.#shown !== id) await this.open(id);
  }

  /** Shows what another tab has stored of a run, null for any; a run that it removed is no longer looked at. */
  async reread(id: string | null): Promise<void> {
    this.#recent = null;
    const records = await this.#list();
    const shown = records.find((record) => record.id === this.#shown);
    const next = shown ?? records[0];
    if (next === undefined) this.#shown = null;
    else if (shown === undefined || id === null || id === shown.id) await this.open(next.id);
  }

  /** Takes up a saved run, a bundle, a checkpoint, or weights of the run `runId`, and opens it; `now` is the date of a run that begins with it. */
  async load({ files, names, runId, config, dataset }: LoadedFiles, now: number): Promise<void> {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size > LARGEST_SAVED_RUN) {
      throw new RequestError(
        `the files are ${size} bytes long: no saved run is`,
        "Choose a file that Save as file or Export has made.",
      );
    }
    if (names.length !== files.length) throw new RequestError("every file needs a name", "Choose the files again.");
    const contents = await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer())));
    const chosen = contents.map((bytes, index) => ({ name: names[index] ?? "", bytes }));
    const owner = runId === null ? null : { id: runId, runs: this.#runs };
    await this.#takeUp(await importFiles({ runs: this.#runs, now: () => now }, chosen, owner, { config, dataset }));
  }

  /** Begins a run with a checkpoint of another one and opens it; `now` is its date in Unix milliseconds. */
  async fork(id: string, point: ForkPoint, config: Config | null, now: number): Promise<void> {
    await this.#takeUp(await forkRun({ runs: this.#runs, now: () => now }, id, point, config));
  }

  async #takeUp(record: RunRecord): Promise<void> {
    this.#publish({ kind: "runChanged", record });
    await this.#list();
    await this.open(record.id);
  }

  /** Stores what a person says of a run; throws RequestError if there is none. */
  async describe(id: string, description: RunDescription): Promise<void> {
    await storedRun(this.#runs, id);
    await this.#runs.writeFile(id, DESCRIPTION_FILE, encodeDescription(description));
    await this.#list();
  }

  /** Lists the runs without the one that was removed, and opens another if it was looked at. */
  async removed(id: string): Promise<void> {
    if (this.#recent?.runId === id) this.#recent = null;
    if (this.#shown !== id) {
      await this.#list();
      return;
    }
    this.#shown = null;
    await this.openLatest();
  }

  /** Lists the runs with the one taken back, and opens it if none is looked at. */
  async restored(id: string): Promise<void> {
    await this.#list();
    if (this.#shown === null) await this.open(id);
  }

  /** Every metric of a run, those of the run in training included that are not stored yet; throws RequestError if there is none. */
  async curvesOf(id: string): Promise<CurveColumns> {
    await storedRun(this.#runs, id);
    const curves = await this.#runs.readCurves(id);
    return this.#recent?.runId === id ? withRecent(curves, this.#recent) : curves;
  }

  /** Whether the run has reported something since its last checkpoint. */
  isAhead(id: string): boolean {
    return this.#recent?.runId === id && this.#recent.metrics.length > 0;
  }

  /** Publishes all runs, with what is said of them. */
  async #list(): Promise<readonly RunRecord[]> {
    const records = await this.#runs.list();
    const described = await Promise.all(records.map(async ({ id }) => [id, await this.#description(id)] as const));
    const descriptions = Object.fromEntries(described.flatMap(([id, own]) => (own === null ? [] : [[id, own]])));
    this.#publish({ kind: "runsListed", runs: records });
    this.#publish({ kind: "runsDescribed", descriptions });
    return records;
  }

  async #description(id: string): Promise<RunDescription | null> {
    const file = await this.#runs.readFile(id, DESCRIPTION_FILE);
    return file === null ? null : decodeDescription(file.bytes);
  }

  /** Keeps what a run in training reports until a checkpoint says that it is stored. */
  remember(fact: EngineFact): void {
    if (fact.kind === "rewound" || fact.kind === "checkpointed") this.#recent = { runId: fact.runId, ...NOTHING };
    if (fact.kind !== "metrics" && fact.kind !== "assignments") return;
    const { metrics, history } = this.#recent?.runId === fact.runId ? this.#recent : NOTHING;
    if (fact.kind === "metrics") {
      this.#recent = { runId: fact.runId, history, metrics: [...metrics, ...fact.metrics] };
    } else if (fact.kept) {
      this.#recent = { runId: fact.runId, metrics, history: [...history, snapshotView(fact)] };
    }
  }
}

interface Recent {
  readonly runId: string;
  readonly metrics: readonly Metric[];
  readonly history: readonly AssignmentSnapshotView[];
}

const NOTHING: Omit<Recent, "runId"> = { metrics: [], history: [] };

/** The stored curves with the metrics after their last points. */
function withRecent(stored: CurveColumns, { metrics }: Omit<Recent, "runId">): CurveColumns {
  const last = ({ kind, stage }: Metric): number =>
    (kind === "step" ? stored[stage].steps : stored[stage].validations).step.at(-1) ?? -1;
  const more = metrics.filter((metric) => metric.step > last(metric));
  return more.length === 0 ? stored : joinColumns([stored, curveColumns(more)]);
}

function withLater(
  stored: readonly AssignmentSnapshotView[],
  recent: readonly AssignmentSnapshotView[],
): readonly AssignmentSnapshotView[] {
  const last = stored.at(-1)?.step ?? -1;
  return [...stored, ...recent.filter(({ step }) => step > last)];
}
