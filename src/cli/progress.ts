import type { Io } from "./io";

/** Milliseconds between two updates of a terminal's line, and between two plain lines. */
const TERMINAL_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** Progress on standard error: one line rewritten in place on a terminal, occasional plain lines elsewhere. */
export class Progress {
  readonly #io: Io;
  readonly #now: () => number;
  #shownAt: number;
  #lineOpen = false;

  constructor(io: Io, now: () => number = () => performance.now()) {
    this.#io = io;
    this.#now = now;
    // Short commands say nothing where lines cannot be taken back.
    this.#shownAt = io.interactive ? Number.NEGATIVE_INFINITY : now();
  }

  /** Shows a state that the next one replaces; drops it when the last is too recent. */
  show(text: string): void {
    const now = this.#now();
    if (now - this.#shownAt < (this.#io.interactive ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
    this.#shownAt = now;
    if (!this.#io.interactive) {
      this.#io.err(`${text}\n`);
      return;
    }
    this.#io.err(`\r\u001b[2K${text.slice(0, this.#io.columns - 1)}`);
    this.#lineOpen = true;
  }

  /** Writes a line that stays. */
  note(text: string): void {
    this.end();
    this.#io.err(`${text}\n`);
  }

  /** Clears the rewritten line, so that what follows starts at the left. */
  end(): void {
    if (this.#lineOpen) this.#io.err("\r\u001b[2K");
    this.#lineOpen = false;
  }
}
