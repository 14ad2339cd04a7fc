import { zipSync } from "fflate";
import { concatBytes } from "../../../src/base/bytes";
import { checkpointName, encodeCheckpoint } from "../../../src/engine/checkpoint";
import { importRun } from "../../../src/engine/run-import";
import { exampleConfig } from "../../../src/engine/testing";
import { RUN_FOLDER } from "../../../src/export/bundle";
import { groupingSpec } from "../../../src/model/build";
import { type CurveColumns, curveColumns } from "../../../src/model/curve-columns";
import type { Metric, RunRecord } from "../../../src/model/run";
import type { RunStore } from "../../../src/storage/stores";
import { exampleRecord, stepMetric, validationMetric } from "../../../src/storage/testing";
import { initialState } from "../../../src/train/state";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { type Attempt, hold, type Target } from "../target";
import { jsonMutant, utf8 } from "./run-files";

const config = exampleConfig;
const record: RunRecord = {
  ...exampleRecord("run-1"),
  config,
  classes: ["a", "b", "c", "d", "e", "f"],
  superclassOf: [0, 0, 0, 1, 1, 1],
  checkpointStep: 3,
};
const spec = groupingSpec(config, record.classes.length);
const state = { ...initialState(spec, 11), step: record.checkpointStep };
const lines = [stepMetric("group", 0), stepMetric("group", 1), validationMetric("group", 2)];
const MEMBERS: Readonly<Record<string, Uint8Array>> = {
  "run.json": utf8(JSON.stringify(record)),
  "metrics.ndjson": utf8(lines.map((metric) => `${JSON.stringify(metric)}\n`).join("")),
  [checkpointName("group")]: encodeCheckpoint({ state, best: null }, { stage: "group", spec, run: record }),
};

/** What a store of runs was told, and nothing more: the run of "taken" is there already. */
export class ToldRuns implements RunStore {
  readonly records = new Map<string, RunRecord>();
  readonly files = new Map<string, Uint8Array>();
  readonly metrics: Metric[] = [];

  async list(): Promise<readonly RunRecord[]> {
    return [...this.records.values()];
  }
  async get(id: string): Promise<RunRecord | null> {
    return this.records.get(id) ?? null;
  }
  async isTaken(id: string): Promise<boolean> {
    return this.records.has(id);
  }
  async put(value: RunRecord): Promise<void> {
    this.records.set(value.id, value);
  }
  async remove(id: string): Promise<void> {
    this.records.delete(id);
    this.files.clear();
    this.metrics.length = 0;
  }
  async writeFile(id: string, name: string, bytes: Uint8Array): Promise<void> {
    this.files.set(`${id}/${name}`, bytes);
  }
  async readFile(): Promise<null> {
    return null;
  }
  async readPrevious(): Promise<null> {
    return null;
  }
  async byteLength(): Promise<number> {
    return 0;
  }
  async appendMetrics(_: string, metrics: readonly Metric[]): Promise<void> {
    this.metrics.push(...metrics);
  }
  async readMetrics(): Promise<readonly Metric[]> {
    return this.metrics;
  }
  async readCurves(): Promise<CurveColumns> {
    return curveColumns(this.metrics);
  }
  async rewindMetrics(): Promise<readonly Metric[]> {
    return this.metrics.splice(0);
  }
}

/** A refused file leaves nothing; an accepted one its record and files under one id that is a folder's name. */
function unpack(bytes: Uint8Array): Attempt {
  return async () => {
    const runs = new ToldRuns();
    try {
      const { id } = await importRun({ runs, now: () => 0 }, bytes);
      hold(/^[a-z0-9][a-z0-9-]*$/.test(id) && runs.records.has(id), "that the id is a folder's name");
      hold(
        [...runs.files.keys()].every((path) => path.startsWith(`${id}/`)),
        "that files lie in the run's folder",
      );
    } catch (error) {
      hold(runs.records.size === 0 && runs.files.size === 0 && runs.metrics.length === 0, "that a refused file leaves nothing");
      throw error;
    }
  };
}

function pack(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipSync({ ...members }, { level: 0, mtime: new Date(2024, 0, 31) });
}

/** The members as an exported bundle has them, beside a file that is not the run's. */
function bundle(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const inFolder = Object.entries(members).map(([name, bytes]) => [`${RUN_FOLDER}${name}`, bytes] as const);
  return pack({ "README.md": utf8("# A model"), ...Object.fromEntries(inFolder) });
}

function mutant(draws: Draws): Uint8Array {
  if (draws.chance(0.2)) return mutateBytes(MEMBERS[checkpointName("group")]!, draws);
  if (draws.chance(0.2)) return mutateBytes(bundle(MEMBERS), draws);
  if (draws.chance(0.3)) return mutateBytes(pack(MEMBERS), draws);
  const [name, bytes] = draws.pick(Object.entries(MEMBERS));
  if (draws.chance(0.1)) return pack({ ...MEMBERS, [draws.pick(["../run.json", "a", "plan.json", "evaluation.json"])]: bytes });
  return pack({ ...MEMBERS, [name]: name === "run.json" ? jsonMutant(bytes, draws) : mutateBytes(bytes, draws) });
}

const withRecord = (changes: object): Attempt =>
  unpack(pack({ ...MEMBERS, "run.json": utf8(JSON.stringify({ ...record, ...changes })) }));

export const savedRunTarget: Target = {
  name: "saved run",
  mutant: (draws) => unpack(mutant(draws)),
  bombs: {
    "one member named 20,000 times": () => unpack(manyNames(pack({ "run.json": new Uint8Array(1_000_000) }), 20_000)),
    "100 MB compressed": () => unpack(zipSync({ "run.json": new Uint8Array(100_000_000) }, { level: 9 })),
    "a million blank lines of metrics": () => unpack(pack({ ...MEMBERS, "metrics.ndjson": utf8("\n".repeat(1_000_000)) })),
    "a million lists in lists": () => unpack(pack({ ...MEMBERS, "run.json": utf8("[".repeat(1_000_000)) })),
    "a bundle of 10,000 files beside its run": () => {
      const others = Array.from({ length: 10_000 }, (_, index) => [`notes/${index}.txt`, new Uint8Array()] as const);
      return unpack(pack({ [`${RUN_FOLDER}run.json`]: utf8("{}"), ...Object.fromEntries(others) }));
    },
    "an id that leaves its folder": () => withRecord({ id: "../../etc" }),
    "an id that is no folder's name": () => withRecord({ id: "-" }),
    "the deepest and widest network": () =>
      withRecord({ config: { ...config, model: { depth: 994, widen: 64 }, grouping: "1024-2048-4096" } }),
    "a million superclasses": () => withRecord({ superclassOf: new Array(1_000_000).fill(-1) }),
    "a million wrong fields": () => withRecord(Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [index, 0]))),
    "classes of 1 MB": () => withRecord({ classes: ["x".repeat(1_000_000)] }),
  },
};

/** The zip's directory with its only entry again and again: every one names the same bytes. */
function manyNames(zip: Uint8Array, count: number): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.length - 22;
  const directory = view.getUint32(end + 16, true);
  const entry = zip.subarray(directory, end);
  const tail = zip.slice(end);
  const tailView = new DataView(tail.buffer);
  tailView.setUint16(8, count, true);
  tailView.setUint16(10, count, true);
  tailView.setUint32(12, count * entry.length, true);
  return concatBytes([zip.subarray(0, directory), ...new Array<Uint8Array>(count).fill(entry), tail]);
}
