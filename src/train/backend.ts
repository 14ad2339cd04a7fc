import type { OpenDevice } from "../kernels/device";
import { UNTUNED } from "../kernels/tuning-choice";
import { rememberedTuning, type TuningStore, tunedFor } from "../kernels/tuning-store";
import type { Config } from "../model/config";
import type { Evaluated, EvaluateOptions, Network } from "./evaluate";
import type { PrepareTrainer } from "./fit";
import { requireFullPrecision, requirePrecision } from "./half-precision";
import { evaluateRecorded, prepareRecordedTrainer } from "./recorded-trainer";
import { networkGeometries } from "./tuning-geometries";

/** Our kernels, or the tensor engine's: the baseline of every comparison, and what is left where ours are wrong on a device. */
export type KernelChoice = "own" | "stock";

/** What trains and evaluates on a device. */
export interface Backend {
  /** Throws ConfigError for a configuration that cannot be trained here; `prepare` does so too. */
  readonly check: (config: Config) => void;
  readonly prepare: PrepareTrainer;
  readonly evaluate: (network: Network, options: EvaluateOptions) => Promise<Evaluated>;
}

/**
 * The tensor engine is loaded only where it is asked for. A GPU's convolutions are tuned for shapes that `tunings` does not know;
 * without `tunings` they run what suits GPUs.
 */
export async function backendOn(device: OpenDevice, kernels: KernelChoice, tunings: TuningStore | null = null): Promise<Backend> {
  if (kernels === "own") {
    const untuned = UNTUNED[device.report.kind];
    const check = (config: Config): void => requirePrecision(config, device.device.features);
    return {
      check,
      async prepare(options, recipe) {
        check(options.config);
        const { precision } = options.config;
        const geometries = networkGeometries(options.spec, recipe.stage.batchSize);
        const tuning = tunings === null ? untuned : await tunedFor(device, geometries, precision, tunings);
        return prepareRecordedTrainer(device.device, options, recipe, precision, tuning);
      },
      async evaluate(network, options) {
        const tuning = tunings === null ? untuned : await rememberedTuning(device, "f32", tunings);
        return evaluateRecorded(device.device, network, options, tuning);
      },
    };
  }
  const { evaluateStock, prepareStockTrainer } = await import("./stock/stage-trainer");
  return {
    check: requireFullPrecision,
    async prepare(options, recipe) {
      requireFullPrecision(options.config);
      return prepareStockTrainer(device, options, recipe);
    },
    evaluate: (network, options) => evaluateStock(device, network, options),
  };
}
