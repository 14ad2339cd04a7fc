import { DeviceLostError } from "../base/errors";
import type { OpenDevice } from "../kernels/device";
import { type TuningStore, tuningInMemory } from "../kernels/tuning-store";
import type { Backend } from "../train/backend";
import type { FitFact } from "../train/facts";
import { fit } from "../train/fit";
import type { TrainState } from "../train/state";
import type { Compute } from "./context";
import { type KernelsInUse, kernelsFor } from "./kernel-choice";

/** What computes on a device. */
export interface DeviceCompute extends Compute {
  /** Which kernels it is: known once the self-test has run, which the first computation starts. */
  readonly kernels: Promise<KernelsInUse>;
}

/**
 * Computes on the open device with the kernels that it gets right, tuned as `tunings` remembers or as a GPU is found to need; its loss
 * becomes a DeviceLostError.
 */
export function deviceCompute(device: OpenDevice, tunings: TuningStore = tuningInMemory()): DeviceCompute {
  let tell: (kernels: KernelsInUse) => void = () => undefined;
  const kernels = new Promise<KernelsInUse>((resolve) => {
    tell = resolve;
  });
  const backend = async (): Promise<Backend> => {
    const chosen = await kernelsFor(device, tunings);
    tell(chosen.kernels);
    return chosen.backend;
  };
  const compute: Compute = {
    check: async (config) => (await backend()).check(config),
    async *fit(options) {
      const { prepare } = await backend();
      return yield* fit(options, prepare);
    },
    evaluate: async (...request) => (await backend()).evaluate(...request),
  };
  return { ...guardAgainstLoss(compute, device.lost), kernels };
}

/** The same computations, failing with DeviceLostError as soon as `lost` resolves with its reason. */
export function guardAgainstLoss(compute: Compute, lost: Promise<string>): Compute {
  const failure = lost.then((reason) => {
    throw new DeviceLostError(`the graphics device was lost: ${reason}`, "Try again: what was stored is kept.");
  });
  // Whoever waits for it sees it; nobody waiting is no fault.
  failure.catch(() => undefined);
  return {
    check: (config) => Promise.race([compute.check(config), failure]),
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
