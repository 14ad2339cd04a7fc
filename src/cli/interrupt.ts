import { StudioError } from "../base/errors";

/** The person stopped the program; everything done so far is kept. */
export class InterruptedError extends StudioError {
  override readonly name = "InterruptedError";
}

/** Turns the abort of `signal` into an InterruptedError with that cure; other errors pass. */
export async function curable<Value>(signal: AbortSignal, cure: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted || error instanceof InterruptedError) throw error;
    throw new InterruptedError("interrupted", cure, { cause: error });
  }
}
