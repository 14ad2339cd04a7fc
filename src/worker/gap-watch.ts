export interface GapWatchParts {
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly onGap: (milliseconds: number) => void;
}

/** How often the clock is looked at. */
export const BEAT_MS = 5_000;
/** What a beat may be late without anybody having slept: a busy computer, a long compilation. */
const LATE_MS = 30_000;

/**
 * Notices that time went by without this thread: the computer slept, or the tab was frozen. A worker's timers are not slowed down in
 * hidden tabs, so that a late beat means just that; nothing is trained by this timer.
 */
export class GapWatch {
  readonly #parts: GapWatchParts;
  #beatAt: number;

  constructor(parts: GapWatchParts) {
    this.#parts = parts;
    this.#beatAt = parts.now();
  }

  /** To be called every `BEAT_MS`. */
  beat(): void {
    const now = this.#parts.now();
    const gap = now - this.#beatAt;
    this.#beatAt = now;
    if (gap > BEAT_MS + LATE_MS) this.#parts.onGap(gap);
  }
}
