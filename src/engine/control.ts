/**
 * What a person asks of a stage that is under way. The stage looks at it between two facts of training; nothing here is a timer.
 */
export class RunControl {
  #paused = false;
  #stopping = new AbortController();
  #checkpointWanted = false;
  #stopsAfterEpoch = false;
  #wake: (() => void)[] = [];

  get paused(): boolean {
    return this.#paused;
  }

  get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborted by `stop`: ends what has no checkpoint to write, such as an evaluation. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Whether a checkpoint should follow the next step. */
  get checkpointWanted(): boolean {
    return this.#checkpointWanted || this.stopping;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wakeAll();
  }

  /** The stage writes a checkpoint and ends; it can be continued later. */
  stop(): void {
    this.#stopping.abort();
    this.#wakeAll();
  }

  /** Whether the stage ends with the epoch under way, as by `stop`; can be taken back until then. */
  get stopsAfterEpoch(): boolean {
    return this.#stopsAfterEpoch;
  }

  stopAfterEpoch(wanted: boolean): void {
    this.#stopsAfterEpoch = wanted;
  }

  /** Also while paused: the stage then trains on to its next checkpoint and pauses again. */
  requestCheckpoint(): void {
    this.#checkpointWanted = true;
    this.#wakeAll();
  }

  /** Called by the stage for every checkpoint it wrote. */
  checkpointWritten(): void {
    this.#checkpointWanted = false;
  }

  /** Whether the stage has to wait before it trains on. */
  get holding(): boolean {
    return this.#paused && !this.checkpointWanted;
  }

  /** Resolves once the stage may train on. */
  async released(): Promise<void> {
    while (this.holding) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
