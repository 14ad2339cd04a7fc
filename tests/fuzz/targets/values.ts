import { parseSummary } from "../../../src/data/summary";
import { exampleSummary } from "../../../src/engine/testing";
import { parseTuning } from "../../../src/kernels/tuning-choice";
import { parseConfig } from "../../../src/model/config";
import { formatGrouping, parseGrouping } from "../../../src/model/grouping";
import { PRESET_NAMES, presetConfig } from "../../../src/model/presets";
import type { CommandMessage } from "../../../src/protocol/commands";
import { PROTOCOL_VERSION } from "../../../src/protocol/events";
import { checkFileName, checkRunId } from "../../../src/storage/names";
import { parseMetric, parseRunRecord } from "../../../src/storage/run-record";
import { exampleRecord, MemoryFolder, stepMetric, validationMetric } from "../../../src/storage/testing";
import { parseCommand, requestIdOf } from "../../../src/worker/command-parser";
import { DataLibrary } from "../../../src/worker/data-library";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { mutateValue, nested } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";

const LONG = "x".repeat(1_000_000);

function manyFields(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`field ${index}`, index]));
}

const HOSTILE: Readonly<Record<string, unknown>> = {
  "200,000 lists in lists": nested(200_000),
  "a million numbers": new Array(1_000_000).fill(-1),
  "a million empty objects": new Array(1_000_000).fill({}),
  "20,000 fields": manyFields(20_000),
  "text of 1 MB": LONG,
  "a field whose name has 1 MB": { [LONG]: 1 },
  "what cannot be text": { toString: 1, valueOf: 1 },
  "a length that is no number": { length: { toString: 1, valueOf: 1 } },
};

/** Hostile values instead of a valid one, beside its fields and in place of each. */
export function bombsFor(valid: object, parse: (value: unknown) => Attempt): Target["bombs"] {
  const bombs: Record<string, () => Attempt> = {};
  for (const [name, value] of Object.entries(HOSTILE)) {
    bombs[name] = () => parse(value);
    bombs[`${name} beside the fields`] = () => parse({ ...valid, more: value, [LONG]: value });
    for (const field of Object.keys(valid)) bombs[`${name} for ${field}`] = () => parse({ ...valid, [field]: value });
  }
  return bombs;
}

/** What is accepted comes back when written as JSON and read again. */
export function comesBack<Value>(value: Value, parse: (value: unknown) => Value): void {
  const text = JSON.stringify(value);
  hold(JSON.stringify(parse(JSON.parse(text))) === text, "that it comes back");
}

const preset = presetConfig("tiny");
const readConfig =
  (value: unknown): Attempt =>
  () =>
    comesBack(parseConfig(value), parseConfig);

export const configTarget: Target = {
  name: "config",
  mutant: (draws) => readConfig(mutateValue(presetConfig(draws.pick(PRESET_NAMES)), draws)),
  bombs: {
    ...bombsFor(preset, readConfig),
    ...bombsFor(preset.group, (value) => readConfig({ ...preset, group: value })),
    "a grouping of 1 MB": () => () => parseGrouping("1".repeat(1_000_000)),
    "a grouping that goes back": () => () => formatGrouping(parseGrouping("9999-9999-1")),
  },
};

const COMMANDS: readonly CommandMessage["command"][] = [
  { kind: "open" },
  { kind: "importData", files: [new Blob(["x"])], names: ["x"] },
  { kind: "loadImages", label: null, count: 8 },
  { kind: "loadClassImages" },
  { kind: "loadLayer", runId: "run-1", stage: "group", layer: "logits/fc" },
  { kind: "describeRun", runId: "tiny-20240131-120000", name: "a name", notes: "two\nlines" },
  { kind: "loadConfused", runId: "tiny-20240131-120000", network: "split", truth: 1, predicted: 2, count: 8 },
  { kind: "group", config: preset },
  { kind: "split", runId: "run-1", emptyGroups: "fail" },
  { kind: "resume", runId: "run-1" },
  { kind: "summarizeRuns", runIds: ["run-1", "run-2"] },
  { kind: "loadLines", runIds: ["run-1"], kept: ["run-2"], stage: "group", metric: "top1" },
  { kind: "restoreRun", runId: "run-1" },
  { kind: "freeRun", runId: "run-1" },
  { kind: "restoreData" },
  { kind: "freeData" },
  { kind: "mirror", folder: new MemoryFolder("backup") },
  { kind: "stopMirror" },
  { kind: "enqueue", sweep: { name: "rates", preset: "tiny", grid: { "group.learningRate": [0.1] }, seeds: [1, 2] } },
  { kind: "enqueueControls", runId: "run-1", sources: ["random", "unsplit"], seeds: [1, 2] },
  { kind: "enqueueManual", runId: "run-1", seed: 1, classes: [0, 1, 0] },
  { kind: "moveQueued", id: 3, to: "earlier" },
  { kind: "removeQueued", ids: [3, 5] },
];
const readMessage =
  (value: unknown): Attempt =>
  () => {
    hold(Number.isInteger(requestIdOf(value)), "that the id to answer under is a whole number");
    hold(parseCommand(value).version === PROTOCOL_VERSION, "that the version is right");
  };

export const messageTarget: Target = {
  name: "messages",
  mutant: (draws) => readMessage(mutateValue({ version: PROTOCOL_VERSION, id: 3, command: draws.pick(COMMANDS) }, draws)),
  bombs: {
    ...bombsFor({ version: PROTOCOL_VERSION, id: 3, command: COMMANDS[0] }, readMessage),
    ...Object.assign(
      {},
      ...COMMANDS.map((command) =>
        prefixed(
          command.kind,
          bombsFor(command, (value) => readMessage({ version: PROTOCOL_VERSION, id: 3, command: value })),
        ),
      ),
    ),
    "an array of 100 MB": () => readMessage(new Uint8Array(100_000_000)),
    "a message that holds itself": () => {
      const message: Record<string, unknown> = { version: PROTOCOL_VERSION, id: 3 };
      message.command = message;
      return readMessage(message);
    },
  },
};

function prefixed(prefix: string, bombs: Target["bombs"]): Target["bombs"] {
  return Object.fromEntries(Object.entries(bombs).map(([name, bomb]) => [`${prefix}: ${name}`, bomb]));
}

const record = { ...exampleRecord("run-1"), failure: { name: "A", message: "b", cure: "c" } };
const readRecord =
  (value: unknown): Attempt =>
  () => {
    const found = parseRunRecord(value, "run.json");
    hold(checkRunId(found.id) === found.id, "that the id is a folder's name");
    hold(found.superclassOf.length === found.classes.length, "that every class has a superclass");
    hold(
      found.superclassOf.every((label) => label < found.superclasses.length),
      "that superclasses have names",
    );
    comesBack(found, (again) => parseRunRecord(again, "run.json"));
  };

export const recordTarget: Target = {
  name: "run records",
  mutant: (draws) => readRecord(mutateValue(record, draws)),
  bombs: {
    ...bombsFor(record, readRecord),
    "superclasses that are not there": () => readRecord({ ...record, superclassOf: record.superclassOf.map(() => 2) }),
  },
};

const METRICS = [stepMetric("group", 3), validationMetric("finetune", 5)];
/** Never throws: what is no metric is null. */
const readMetric =
  (value: unknown): Attempt =>
  () => {
    const metric = parseMetric(value);
    if (metric !== null) comesBack(metric, parseMetric);
  };

export const metricTarget: Target = {
  name: "metrics",
  mutant: (draws) => readMetric(mutateValue(draws.pick(METRICS), draws)),
  bombs: bombsFor(METRICS[0]!, readMetric),
};

const tuning = {
  adapter: "hardware",
  shapes: {
    "forward 3x3/1 32x32 16-16": {
      kernel: "direct",
      multiplyAddsPerMs: 3e6,
      medianMs: { direct: 2, "tiled-64": 3 },
      multiplyAdds: 6e6,
    },
  },
};
/** Never throws: what is no tuning is null. */
const readTuning =
  (value: unknown): Attempt =>
  () => {
    const found = parseTuning(value);
    if (found !== null) comesBack(found, parseTuning);
  };

export const tuningTarget: Target = {
  name: "tunings",
  mutant: (draws) => readTuning(mutateValue(tuning, draws)),
  bombs: {
    ...bombsFor(tuning, readTuning),
    "200,000 shapes": () => readTuning({ ...tuning, shapes: manyFields(200_000) }),
    ...bombsFor(Object.values(tuning.shapes)[0]!, (value) => readTuning({ ...tuning, shapes: { shape: value } })),
  },
};

/** As the page reads what its storage says of a data set. */
const readSummary =
  (value: unknown): Attempt =>
  async () => {
    const store = {
      summary: async () => value,
      byteLength: async () => 0,
      read: async () => new Uint8Array(0),
      write: reject,
      remove: reject,
    };
    const summary = parseSummary(value);
    comesBack(summary, parseSummary);
    const view = await new DataLibrary(store).view();
    hold(view !== null && view.validationCount < summary.trainCount, "that there are images to train on");
  };
const reject = () => Promise.reject(new Error("nothing is written"));

export const summaryTarget: Target = {
  name: "data set summaries",
  mutant: (draws) => readSummary(mutateValue(exampleSummary, draws)),
  bombs: {
    ...bombsFor(exampleSummary, readSummary),
    "images without end": () =>
      readSummary({ ...exampleSummary, trainCount: 4e9, trainPerClass: [4e9, ...exampleSummary.classes.slice(1).map(() => 0)] }),
  },
};

const NAMES = ["run-1", "group.safetensors", "plan.json", "2024-tiny-2-2-2"];
const LETTERS = new TextDecoder("latin1");
/** Names stay in their folder, and are none that storage keeps for itself. */
const readName =
  (check: (name: string) => string, name: string): Attempt =>
  () => {
    const found = check(name);
    hold(found === name && /^[a-z0-9][a-z0-9.-]*$/.test(found) && !found.includes(".."), "that the name stays in its folder");
  };

function nameMutant(draws: Draws): string {
  return LETTERS.decode(mutateBytes(new TextEncoder().encode(draws.pick(NAMES)), draws));
}

const PATHS = [
  "..",
  ".",
  "/",
  "../a",
  "a/../b",
  "a\\b",
  "a\u0000",
  "run.json",
  "a.tmp",
  "a.prev",
  "a.sha256",
  "a ",
  "a\n",
  "A",
  "ä",
  "a.",
  "-",
];

export const nameTarget: Target = {
  name: "names",
  mutant: (draws) => readName(draws.pick([checkRunId, checkFileName]), nameMutant(draws)),
  bombs: Object.fromEntries(
    [...PATHS, LONG, "a.".repeat(500_000)].flatMap((path, index) =>
      [checkRunId, checkFileName].map((check) => [`${check.name} ${index}`, () => readName(check, path)]),
    ),
  ),
};
