import type { SpeedHealth } from "../protocol/health";
import type { Activity } from "../protocol/views";
import type { ActivityFact } from "./fact-events";

const REPORT_EVERY_MS = 250;
/** Reports of speed that the median is taken of: enough to ride out a slow step, few enough to follow a change. */
const RECENT_REPORTS = 9;

/** Publishes what the engine is doing: changes of kind at once, progress within a kind at most four times a second. */
export class ActivityReporter {
  readonly #publish: (activity: Activity) => void;
  readonly #now: () => number;
  #current: Activity = { kind: "idle" };
  #speed = new SpeedMeter();
  #told: SpeedHealth | null = null;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(publish: (activity: Activity) => void, now: () => number) {
    this.#publish = publish;
    this.#now = now;
  }

  report(activity: Activity): void {
    const changed = activity.kind !== this.#current.kind;
    this.#current = activity;
    if (changed || this.#now() - this.#publishedAt >= REPORT_EVERY_MS) this.republish();
  }

  /** How far a stage is, with its speed and the time it has left. */
  reportFact(fact: ActivityFact): void {
    if (fact.kind !== "progress") {
      this.report(fact);
      return;
    }
    const { runId, stage, step, steps, batchSize } = fact;
    this.#speed.add(fact.imagesPerSecond);
    const { imagesPerSecond, last } = this.#speed;
    if (last !== null) {
      const imagesASecond = { now: last, median: imagesPerSecond };
      const milliseconds = (images: number): number => (1000 * batchSize) / images;
      const millisecondsAStep = { now: milliseconds(last), median: milliseconds(imagesPerSecond) };
      this.#told = { stage, imagesASecond, millisecondsAStep };
    }
    const secondsLeft = this.#speed.secondsFor(fact.imagesLeft);
    this.report({ kind: "training", runId, stage, step, steps, imagesPerSecond, secondsLeft });
  }

  /** Speed of the training under way, or of the last one; null before its first report. */
  get speed(): SpeedHealth | null {
    return this.#told;
  }

  /** Another run begins, whose speed is its own. */
  nextRun(): void {
    this.#speed = new SpeedMeter();
  }

  /** The engine has nothing to do; the next activity has a speed of its own. */
  finish(): void {
    this.nextRun();
    this.report({ kind: "idle" });
  }

  republish(): void {
    this.#publishedAt = this.#now();
    this.#publish(this.#current);
  }
}

/** Images a second as the median of recent reports: the first steps compile shaders, and single ones stall. */
export class SpeedMeter {
  #recent: number[] = [];

  /** Null adds nothing. */
  add(imagesPerSecond: number | null): void {
    if (imagesPerSecond === null || !Number.isFinite(imagesPerSecond)) return;
    this.#recent = [...this.#recent, imagesPerSecond].slice(-RECENT_REPORTS);
  }

  /** Null before the first report. */
  get last(): number | null {
    return this.#recent.at(-1) ?? null;
  }

  /** 0 before the first report. */
  get imagesPerSecond(): number {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }

  /** Null before the first report. */
  secondsFor(images: number): number | null {
    return this.imagesPerSecond > 0 ? images / this.imagesPerSecond : null;
  }
}
