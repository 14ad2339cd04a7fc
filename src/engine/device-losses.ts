import { DeviceLostError } from "../base/errors";

/** Losses in a row, without a checkpoint in between, that a stage takes up again after. */
const MOST_IN_A_ROW = 3;

/** Does work on a device, and anew on the next one where it was lost meanwhile, which `told` hears of. */
export async function despiteLosses<Value>(
  breathe: () => Promise<void>,
  work: () => Promise<Value>,
  told: (loss: DeviceLostError) => void = () => undefined,
): Promise<Value> {
  const losses = new DeviceLosses();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      losses.count(error, false);
      told(error);
      await breathe();
    }
  }
}

/** Counts how often the device was lost; ends what cannot go on. */
export class DeviceLosses {
  #inARow = 0;

  /** One more loss; `progressed` says whether a checkpoint was reached since the last. Throws DeviceLostError when it is one too many. */
  count(loss: DeviceLostError, progressed: boolean): void {
    this.#inARow = progressed ? 1 : this.#inARow + 1;
    if (this.#inARow <= MOST_IN_A_ROW) return;
    throw new DeviceLostError(
      `${loss.message}; ${this.#inARow} times without reaching another checkpoint`,
      "Close other programs that use the graphics device and press Resume, or start a new run with a smaller preset. A smaller " +
        "batch alone is not the same run: batch norm computes with the statistics of the batch.",
      { cause: loss },
    );
  }
}
