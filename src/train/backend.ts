import type { OpenDevice } from "../kernels/device";
import type { Evaluated, EvaluateOptions, Network } from "./evaluate";
import type { PrepareTrainer } from "./fit";
import { evaluateRecorded, prepareRecordedTrainer } from "./recorded-trainer";

/** Our kernels, or the tensor engine's: the baseline of every comparison, and what is left where ours are wrong on a device. */
export type KernelChoice = "own" | "stock";

/** What trains and evaluates on a device. */
export interface Backend {
  readonly prepare: PrepareTrainer;
  readonly evaluate: (network: Network, options: EvaluateOptions) => Promise<Evaluated>;
}

/** The tensor engine is loaded only where it is asked for. */
export async function backendOn(device: OpenDevice, kernels: KernelChoice): Promise<Backend> {
  if (kernels === "own") {
    return {
      prepare: (options, recipe) => prepareRecordedTrainer(device.device, options, recipe, "f32"),
      evaluate: (network, options) => evaluateRecorded(device.device, network, options),
    };
  }
  const { evaluateStock, prepareStockTrainer } = await import("./stock/stage-trainer");
  return {
    prepare: (options, recipe) => prepareStockTrainer(device, options, recipe),
    evaluate: (network, options) => evaluateStock(device, network, options),
  };
}
