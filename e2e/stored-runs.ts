import type { Page } from "@playwright/test";
import { EVALUATION_FILE, encodeEvaluation } from "../src/engine/evaluation-file";
import { encodePlan, PLAN_FILE } from "../src/engine/plan-file";
import { storedSummary, summaryOf } from "../src/engine/run-summary";
import { groupingSpec } from "../src/model/build";
import type { Config } from "../src/model/config";
import { curveColumns, STEP_COLUMNS, VALIDATION_COLUMNS } from "../src/model/curve-columns";
import { groupedSpaces } from "../src/model/lookup";
import { presetConfig } from "../src/model/presets";
import type { RunRecord, TrainingStage, ValidationMetric } from "../src/model/run";
import type { EvaluationReport } from "../src/splitnet/evaluation";
import { sampleRecord } from "../src/state/testing";
import { storedRecord } from "../src/storage/run-record";

/** Finished runs as the studio keeps them, made by formula: what many hours of training would leave in a browser. */

const SUPERCLASSES = 5;
const CLASSES = 20;
const IMAGES = 400;
const SUPERCLASS_OF = Array.from({ length: CLASSES }, (_, label) => Math.floor((label * SUPERCLASSES) / CLASSES));
const FIRST_MS = Date.UTC(2026, 0, 15, 9, 30);

/** A fixed pseudo-random number in 0..1 for each argument. */
function noise(index: number): number {
  const wave = Math.sin(index * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
}

/** A run with all that the studio has stored of it but its steps. */
export interface MadeRun {
  readonly record: RunRecord;
  readonly files: Readonly<Record<string, string>>;
  readonly validations: Readonly<Record<TrainingStage, readonly ValidationMetric[]>>;
  readonly summary: object;
}

/** So many runs of `steps` steps a stage, over five settings of a rate, four groupings and as many seeds as it takes; each began an hour after the one before it. */
export function madeRuns(count: number, steps: number): Promise<readonly MadeRun[]> {
  const runs = Array.from({ length: count }, async (_, index): Promise<MadeRun> => {
    const record = sampleRecord({
      id: `run-${String(index).padStart(3, "0")}`,
      createdAt: FIRST_MS + index * 3_600_000,
      config: configOf(index),
      classes: Array.from({ length: CLASSES }, (_, label) => `class ${label}`),
      superclasses: Array.from({ length: SUPERCLASSES }, (_, label) => `family ${label}`),
      superclassOf: SUPERCLASS_OF,
      ...({ phase: "finetuned", checkpointStep: 300, evaluated: true } as const),
    });
    const files = { [PLAN_FILE]: planText(record, index), [EVALUATION_FILE]: evaluationText(index) };
    const validations = { group: validationsOf("group", steps, index), finetune: validationsOf("finetune", steps, index) };
    const curves = curveColumns([...validations.group, ...validations.finetune]);
    const readFile = async (_: string, name: keyof typeof files) => ({ bytes: utf8(files[name]), previous: false });
    const summary = storedSummary(await summaryOf({ runs: { readFile } }, record, curves));
    return { record, files, validations, summary };
  });
  return Promise.all(runs);
}

const EVERY = 50;

function validationsOf(stage: TrainingStage, steps: number, run: number): readonly ValidationMetric[] {
  return Array.from({ length: Math.floor(steps / EVERY) }, (_, index) => {
    const step = (index + 1) * EVERY;
    const top1 = 0.75 - 0.5 * Math.exp((-4 * step) / steps) + 0.1 * noise(step + 1009 * run);
    return { kind: "validation", stage, step, loss: 2 - top1, top1, top5: (1 + top1) / 2, time: FIRST_MS + step * 700 };
  });
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function configOf(index: number): Config {
  const tiny = presetConfig("tiny");
  const learningRate = [0.02, 0.05, 0.1, 0.2, 0.5][index % 5]!;
  const grouping = ["2-2-2", "2-4-4", "1-2-2", "1-1-4"][Math.floor(index / 5) % 4]!;
  return { ...tiny, grouping, seed: Math.floor(index / 20), group: { ...tiny.group, learningRate } };
}

/** Mostly by superclass, with some members elsewhere. */
function planText({ config, classes }: RunRecord, index: number): string {
  const spaces = groupedSpaces(groupingSpec(config, classes.length)).map(({ name, size, groups }) => {
    const stray = (member: number): number => (noise(index * 31 + member) < 0.2 ? 1 : 0);
    const groupOf = Array.from({ length: size }, (_, member) => (Math.floor((member * groups) / size) + stray(member)) % groups);
    return [name, { groups, groupOf }] as const;
  });
  return new TextDecoder().decode(encodePlan(new Map(spaces)));
}

function evaluationText(index: number): string {
  const pair = { unsplit: report(0.7 + noise(index) / 10), split: report(0.68 + noise(index + 0.5) / 10) };
  return new TextDecoder().decode(encodeEvaluation(pair));
}

function report(top1: number): EvaluationReport {
  const images = Array.from({ length: IMAGES }, (_, image) => image);
  const subsets = (length: number) => Array.from({ length }, (_, own) => ({ index: own, count: IMAGES / length, top1 }));
  return {
    ...{ count: IMAGES, loss: 1, top1, top5: 0.95, secondsPerImage: 0.002 },
    predictions: images.map((image) => image % CLASSES),
    truthScores: images.map((image) => Number((image / IMAGES).toPrecision(7))),
    predictionScores: images.map((image) => Number((1 - image / IMAGES / 2).toPrecision(7))),
    confusion: Array.from({ length: CLASSES * CLASSES }, (_, cell) => (cell % (CLASSES + 1) === 0 ? IMAGES / CLASSES : 0)),
    ...{ perClass: subsets(CLASSES), perGroup: subsets(2), perSuperclass: subsets(SUPERCLASSES) },
  };
}

/**
 * Puts runs into the browser's storage, where the studio has been opened. What they came to is kept beside them, as an earlier visit
 * left it; of the last `unread` it is not, so that they are read whole from their files and curves.
 */
export async function storeRuns(
  page: Page,
  runs: readonly MadeRun[],
  { steps, unread }: Readonly<Record<"steps" | "unread", number>>,
) {
  const made = runs.map(({ record, files, validations, summary }, index) => ({
    id: record.id,
    value: { id: record.id, record: storedRecord(record), ...(index < runs.length - unread ? { summary } : {}) },
    files: index < runs.length - unread ? {} : files,
    validations,
  }));
  await page.evaluate(writeRuns, {
    made,
    steps,
    startMs: FIRST_MS,
    stepColumns: STEP_COLUMNS,
    validationColumns: VALIDATION_COLUMNS,
  });
}

interface Written {
  readonly made: readonly {
    readonly id: string;
    readonly value: object;
    readonly files: Readonly<Record<string, string>>;
    readonly validations: MadeRun["validations"];
  }[];
  readonly steps: number;
  readonly startMs: number;
  readonly stepColumns: typeof STEP_COLUMNS;
  readonly validationColumns: typeof VALIDATION_COLUMNS;
}

/** In the page: it can use nothing from outside itself. */
async function writeRuns({ made, steps, startMs, stepColumns, validationColumns }: Written): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("splitnet-studio");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const column = (length: number, at: (index: number) => number) => Float64Array.from({ length }, (_, index) => at(index));
  const stepValue = (name: string, step: number) =>
    name === "step"
      ? step
      : name === "time"
        ? startMs + step * 700
        : 0.2 + 3 / (1 + step / 50) + (0.1 * ((step * 7919) % 97)) / 97;
  const ofSteps = Object.fromEntries(stepColumns.map((name) => [name, column(steps, (step) => stepValue(name, step))]));
  const transaction = database.transaction(["runs", "metrics"], "readwrite");
  for (const { id, value, validations } of made) {
    transaction.objectStore("runs").put(value);
    const stage = (name: keyof typeof validations) => {
      const points = validations[name];
      const own = validationColumns.map((key) => [key, column(points.length, (index) => points[index]![key])]);
      return { steps: ofSteps, validations: Object.fromEntries(own) };
    };
    transaction.objectStore("metrics").add({ runId: id, columns: { group: stage("group"), finetune: stage("finetune") } });
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
  });
  database.close();
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("runs", { create: true });
  const write = async (own: FileSystemDirectoryHandle, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const file = await (await own.getFileHandle(name, { create: true })).createWritable();
    await file.write(bytes);
    await file.close();
  };
  const writeFile = async (own: FileSystemDirectoryHandle, name: string, text: string): Promise<void> => {
    const bytes = new TextEncoder().encode(text);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    await Promise.all([write(own, name, bytes), write(own, `${name}.sha256`, new TextEncoder().encode(hash))]);
  };
  await Promise.all(
    made.map(async ({ id, files }) => {
      const names = Object.entries(files);
      if (names.length === 0) return;
      const own = await folder.getDirectoryHandle(id, { create: true });
      await Promise.all(names.map(([name, text]) => writeFile(own, name, text)));
    }),
  );
}
