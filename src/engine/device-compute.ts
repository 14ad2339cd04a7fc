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
  const guard = new LossGuard(lost);
  return {
    check: (config) => guard.watch(compute.check(config)),
    fit: (options) => failingWith(compute.fit(options), guard),
    evaluate: (...request) => guard.watch(compute.evaluate(...request)),
  };
}

/** Tells those who wait of the loss. `Promise.race` would keep every answer, tensors too, for as long as the device lives. */
class LossGuard {
  #loss: DeviceLostError | null = null;
  readonly #waiting = new Set<(loss: DeviceLostError) => void>();

  constructor(lost: Promise<string>) {
    void lost.then((reason) => {
      const loss = new DeviceLostError(`the graphics device was lost: ${reason}`, "Try again: what was stored is kept.");
      this.#loss = loss;
      for (const fail of this.#waiting) fail(loss);
    });
  }

  get happened(): boolean {
    return this.#loss !== null;
  }

  /** The same answer, or the loss if that comes first. */
  watch<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#loss !== null) reject(this.#loss);
      this.#waiting.add(reject);
      const done = (): boolean => this.#waiting.delete(reject);
      work.then(resolve, reject).then(done, done);
    });
  }
}

async function* failingWith(
  facts: AsyncGenerator<FitFact, TrainState, void>,
  guard: LossGuard,
): AsyncGenerator<FitFact, TrainState, void> {
  try {
    for (;;) {
      const next = await guard.watch(facts.next());
      if (next.done) return next.value;
      yield next.value;
    }
  } finally {
    // A generator waiting for a lost device may wait for ever: it is told to end, not waited for.
    const ended = facts.return(NOTHING);
    if (guard.happened) ended.catch(() => undefined);
    else await ended;
  }
}

const NOTHING: TrainState = { step: 0, parameters: new Map(), momentum: new Map(), statistics: new Map() };
