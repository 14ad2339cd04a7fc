import type { CurveColumns, StageColumns, StepColumn, ValidationColumn } from "../model/curve-columns";
import type { Resume, RunRecord, TrainingStage } from "../model/run";
import { float, integer, message, nested, text, toBytes } from "./protobuf";
import { RecordFile } from "./record-file";
import type { ExportFile } from "./zip";

/** Tag of each recorded value (docs/tensorboard.md). */
export const STEP_TAGS = [
  ["total", "loss/total"],
  ["crossEntropy", "loss/cross_entropy"],
  ["l2", "loss/l2"],
  ["overlap", "loss/overlap"],
  ["weightSplit", "loss/weight_split"],
  ["uniform", "loss/uniform"],
  ["accuracy", "accuracy/batch"],
  ["learningRate", "learning_rate"],
] as const satisfies readonly (readonly [StepColumn, string])[];
export const VALIDATION_TAGS = [
  ["loss", "validation/loss"],
  ["top1", "validation/top1"],
  ["top5", "validation/top5"],
] as const satisfies readonly (readonly [ValidationColumn, string])[];

/** Something recorded in a stage: values in the order of its tags, or that the stage was taken up again. Time is Unix time in milliseconds. */
export type CurveMoment =
  | { readonly kind: "step" | "validation"; readonly step: number; readonly time: number; readonly values: readonly number[] }
  | { readonly kind: "resumed"; readonly step: number; readonly time: number };

// Field numbers and values of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
const FILE_VERSION = "brain.Event:2";
const SESSION_START = 1;

/** One event file a stage, in folders of their own: both stages count steps from 0. A stage without metrics has none. */
export function eventFiles(run: Pick<RunRecord, "createdAt" | "resumes">, curves: CurveColumns): readonly ExportFile[] {
  const fileName = `events.out.tfevents.${String(Math.floor(run.createdAt / 1000)).padStart(10, "0")}.splitnet`;
  return (["group", "finetune"] as const satisfies readonly TrainingStage[])
    .filter((stage) => curves[stage].steps.step.length + curves[stage].validations.step.length > 0)
    .map((stage) => {
      const resumes = run.resumes.filter((resume) => resume.stage === stage);
      return { name: `runs/${stage}/${fileName}`, make: () => eventFile(run.createdAt, stageMoments(curves[stage], resumes)) };
    });
}

/** The records of one event file, in the order of the moments. `startedAt` is Unix time in milliseconds. */
export function eventFile(startedAt: number, moments: Iterable<CurveMoment>): Uint8Array<ArrayBuffer> {
  const file = new RecordFile();
  const version = new EventWriter(toBytes(text(3, FILE_VERSION)), []);
  const resumed = new EventWriter(toBytes(nested(7, integer(1, SESSION_START))), []);
  const scalars = {
    step: scalarEvents(STEP_TAGS),
    validation: scalarEvents(VALIDATION_TAGS),
  };
  file.add(version.event(startedAt, 0, []));
  for (const moment of moments) {
    const { kind, time, step } = moment;
    file.add(kind === "resumed" ? resumed.event(time, step, []) : scalars[kind].event(time, step, moment.values));
  }
  return file.bytes();
}

/**
 * A stage in the order of its steps; at a step, that it was taken up again there, then its validation, then the step itself. Readers drop
 * whatever stands before a resume and is of its step or a later one: so nothing that is kept stands there.
 */
export function* stageMoments({ steps, validations }: StageColumns, resumes: readonly Resume[]): Generator<CurveMoment> {
  const pending = resumes.toSorted((a, b) => a.step - b.step || a.time - b.time);
  let validation = 0;
  function* before(step: number): Generator<CurveMoment> {
    while (validation < validations.step.length && validations.step[validation]! <= step) {
      const at = validation++;
      yield* resumedBy(validations.step[at]!);
      const values = VALIDATION_TAGS.map(([value]) => validations[value][at]!);
      yield { kind: "validation", step: validations.step[at]!, time: validations.time[at]!, values };
    }
    yield* resumedBy(step);
  }
  function* resumedBy(step: number): Generator<CurveMoment> {
    for (let next = pending[0]; next !== undefined && next.step <= step; next = pending[0]) {
      pending.shift();
      yield { kind: "resumed", step: next.step, time: next.time };
    }
  }
  for (let at = 0; at < steps.step.length; at++) {
    yield* before(steps.step[at]!);
    const values = STEP_TAGS.map(([value]) => steps[value][at]!);
    yield { kind: "step", step: steps.step[at]!, time: steps.time[at]!, values };
  }
  yield* before(Number.POSITIVE_INFINITY);
}

/** Events that hold one value for each tag. */
function scalarEvents(tags: readonly (readonly [string, string])[]): EventWriter {
  const values = tags.map(([, tag]) => nested(1, message([text(1, tag), float(2, 0)])));
  const summary = nested(5, message(values));
  let end = summary.length - values.reduce((sum, { length }) => sum + length, 0);
  const places = values.map(({ length }) => {
    end += length;
    return end - 4;
  });
  return new EventWriter(toBytes(summary), places);
}

const TIME_BYTES = 9;
/** A byte for the field, and seven bits a byte for a whole number of up to 53 bits. */
const STEP_BYTES = 9;

/** Events of one kind differ in time, step and values alone: their other bytes are made once, which the length of the curves is for. */
class EventWriter {
  readonly #rest: Uint8Array;
  readonly #places: readonly number[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** `rest` is what follows time and step; float32 values stand in it at `places`. */
  constructor(rest: Uint8Array, places: readonly number[]) {
    this.#rest = rest;
    this.#places = places;
    this.#bytes = new Uint8Array(TIME_BYTES + STEP_BYTES + rest.length);
    this.#view = new DataView(this.#bytes.buffer);
    this.#bytes[0] = 1 * 8 + 1;
    this.#bytes[TIME_BYTES] = 2 * 8;
  }

  /** The encoded event, good until the next one is asked for. */
  event(time: number, step: number, values: readonly number[]): Uint8Array {
    this.#view.setFloat64(1, time / 1000, true);
    const start = this.#varint(TIME_BYTES + 1, step);
    this.#bytes.set(this.#rest, start);
    this.#places.forEach((place, index) => {
      this.#view.setFloat32(start + place, values[index]!, true);
    });
    return this.#bytes.subarray(0, start + this.#rest.length);
  }

  /** Seven bits a byte, lowest first; returns where it ends. */
  #varint(at: number, value: number): number {
    let [end, rest] = [at, value];
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[end++] = (rest % 0x80) + 0x80;
    this.#bytes[end++] = rest;
    return end;
  }
}
