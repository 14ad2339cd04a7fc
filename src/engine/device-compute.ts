import { DeviceError } from "../base/errors";
import type { OpenDevice } from "../kernels/device";
import { backendOn, type KernelChoice } from "../train/backend";
import type { FitFact } from "../train/facts";
import { fit } from "../train/fit";
import type { TrainState } from "../train/state";
import type { Compute } from "./context";

/** Computes on the open device; its loss becomes a DeviceError that says how to go on. */
export async function deviceCompute(device: OpenDevice, kernels: KernelChoice = "own"): Promise<Compute> {
  const { prepare, evaluate } = await backendOn(device, kernels);
  return guardAgainstLoss({ fit: (options) => fit(options, prepare), evaluate }, device.lost);
}

/** The same computations, failing with DeviceError as soon as `lost` resolves with its reason. */
export function guardAgainstLoss(compute: Compute, lost: Promise<string>): Compute {
  const failure = lost.then((reason) => {
    throw new DeviceError(
      `the graphics device was lost: ${reason}`,
      "Press Resume to continue from the last checkpoint; if it happens again, use a smaller batch or close other programs.",
    );
  });
  // Whoever waits for it sees it; nobody waiting is no fault.
  failure.catch(() => undefined);
  return {
    fit: (options) => failingWith(compute.fit(options), failure),
    evaluate: (...request) => Promise.race([compute.evaluate(...request), failure]),
  };
}

async function* failingWith(
  facts: AsyncGenerator<FitFact, TrainState, void>,
  failure: Promise<never>,
): AsyncGenerator<FitFact, TrainState, void> {
  let lost = false;
  failure.catch(() => {
    lost = true;
  });
  try {
    for (;;) {
      const next = await Promise.race([facts.next(), failure]);
      if (next.done) return next.value;
      yield next.value;
    }
  } finally {
    // A generator waiting for a lost device may wait for ever: it is told to end, not waited for.
    const ended = facts.return(NOTHING);
    if (lost) ended.catch(() => undefined);
    else await ended;
  }
}

const NOTHING: TrainState = { step: 0, parameters: new Map(), momentum: new Map(), statistics: new Map() };
