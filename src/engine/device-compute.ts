import { DeviceLostError } from "../base/errors";
import type { OpenDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { type TuningStore, tuningInMemory } from "../kernels/tuning-store";
import type { Backend } from "../train/backend";
import type { FitFact } from "../train/facts";
import { fit } from "../train/fit";
import type { TrainState } from "../train/state";
import type { Compute } from "./context";
import { type Beats, everySecond, HangWatch } from "./hang-watch";
import { type KernelsInUse, kernelsFor } from "./kernel-choice";
import type { MeasureSteps } from "./probe";

/** What computes on a device. */
export interface DeviceCompute extends Compute {
  /** Which kernels it is: known once the self-test has run, which the first computation starts. */
  readonly kernels: Promise<KernelsInUse>;
  /** Times steps of a stage on noise. */
  readonly measure: MeasureSteps;
}

/**
 * Silence of a device that is never too long, in seconds. At most two steps or batches of an evaluation are submitted at a time; `paper` on two
 * processor cores takes minutes for each.
 */
const PATIENCE_SECONDS = { hardware: 10 * 60, software: 60 * 60 } as const;

/**
 * Computes on the open device with the kernels that it gets right, tuned as `tunings` remembers or as a GPU is found to need; its loss
 * becomes a DeviceLostError, and so does its silence.
 */
export function deviceCompute(
  device: OpenDevice,
  tunings: TuningStore = tuningInMemory(),
  beats: Beats = everySecond,
): DeviceCompute {
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
  const watch = new HangWatch({
    probe: () => device.device.queue.onSubmittedWorkDone(),
    patienceSeconds: PATIENCE_SECONDS[device.report.kind],
    giveUp: (reason) => device.giveUp(reason),
    beats,
  });
  const measure: MeasureSteps = async (problem, limits) => {
    const { prepare } = await backend();
    const { measureStepTime } = await import("../train/step-time");
    const before = bytesOn(device.device);
    let deviceBytes = 0;
    const onStep = (done: number): void => {
      deviceBytes = Math.max(deviceBytes, bytesOn(device.device) - before);
      limits.onStep?.(done);
    };
    return { ...(await measureStepTime(prepare, problem, { ...limits, onStep })), deviceBytes };
  };
  const guard = new LossGuard(device.lost, watch);
  return { ...guarded(compute, guard), kernels, measure: (...request) => guard.watch(measure(...request)) };
}

/** The same computations, failing with DeviceLostError as soon as `lost` resolves with its reason; `watch` watches every wait for them. */
export function guardAgainstLoss(compute: Compute, lost: Promise<string>, watch: HangWatch | null = null): Compute {
  return guarded(compute, new LossGuard(lost, watch));
}

function guarded(compute: Compute, guard: LossGuard): Compute {
  return {
    check: (config) => guard.watch(compute.check(config)),
    fit: (options) => failingWith(compute.fit(options), guard),
    evaluate: (...request) => guard.watch(compute.evaluate(...request)),
  };
}

/** Tells those who wait of the loss. `Promise.race` would keep every answer, tensors too, for as long as the device lives. */
class LossGuard {
  readonly #watch: HangWatch | null;
  #loss: DeviceLostError | null = null;
  readonly #waiting = new Set<(loss: DeviceLostError) => void>();

  constructor(lost: Promise<string>, watch: HangWatch | null) {
    this.#watch = watch;
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
    const answer = new Promise<Value>((resolve, reject) => {
      if (this.#loss !== null) reject(this.#loss);
      this.#waiting.add(reject);
      const done = (): boolean => this.#waiting.delete(reject);
      work.then(resolve, reject).then(done, done);
    });
    return this.#watch === null ? answer : this.#watch.during(answer);
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
