/** Calls `beat` every second until the function it returns is called. */
export type Beats = (beat: () => void) => () => void;

export const everySecond: Beats = (beat) => {
  const timer = setInterval(beat, 1000);
  return () => clearInterval(timer);
};

export interface HangWatchParts {
  /** Resolves once the device has done all that was submitted to it before. */
  readonly probe: () => Promise<unknown>;
  /** Silence that is never too long. */
  readonly patienceSeconds: number;
  readonly giveUp: (reason: string) => void;
  readonly beats: Beats;
}

/** How many times the longest silence so far a silence may last. */
const LONGEST_TIMES = 10;

/**
 * Notices a device that answers no more and whose driver does not say so. While somebody waits for the device, it is asked whether what was
 * submitted is done: a wait may be long (a validation, a compilation), the work of a step or two is not. Silence is counted in beats that happened,
 * not read off a clock: while the computer sleeps or the tab is frozen there are none.
 */
export class HangWatch {
  readonly #parts: HangWatchParts;
  #waiting = 0;
  #stopBeats: () => void = () => undefined;
  #probing = false;
  #silentSeconds = 0;
  #longestSeconds = 0;

  constructor(parts: HangWatchParts) {
    this.#parts = parts;
  }

  /** The same answer; the device is watched until it comes. */
  async during<Value>(wait: Promise<Value>): Promise<Value> {
    if (this.#waiting++ === 0) this.#stopBeats = this.#parts.beats(() => this.#beat());
    try {
      return await wait;
    } finally {
      this.#answered();
      if (--this.#waiting === 0) this.#stopBeats();
    }
  }

  #beat(): void {
    const { patienceSeconds, giveUp } = this.#parts;
    this.#silentSeconds++;
    if (this.#silentSeconds > Math.max(patienceSeconds, LONGEST_TIMES * this.#longestSeconds)) {
      giveUp(`it did not answer for ${this.#silentSeconds} seconds`);
    } else if (!this.#probing) {
      void this.#probe();
    }
  }

  /** What a lost device says instead of an answer is heard by others. */
  async #probe(): Promise<void> {
    this.#probing = true;
    await this.#parts.probe().catch(() => undefined);
    this.#probing = false;
    this.#answered();
  }

  #answered(): void {
    this.#longestSeconds = Math.max(this.#longestSeconds, this.#silentSeconds);
    this.#silentSeconds = 0;
  }
}
