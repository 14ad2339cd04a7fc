import { RequestError } from "../base/errors";
import { evaluationBatch } from "../data/augment";
import type { Examples } from "../data/dataset";
import { branchNetworks } from "../engine/branch-networks";
import { type BranchTimingOptions, TIMED_BATCHES, timeBranches } from "../engine/branch-timing";
import type { EngineContext } from "../engine/context";
import { storedRun } from "../engine/runs";
import { fidelityRules } from "../model/fidelity";
import type { BranchTimingView } from "../protocol/views";
import { allParts } from "../splitnet/parts";
import type { StudioDevice } from "./device-keeper";

/** Times a run's networks on test images. Throws RequestError where the run is not split, or the device gets the studio's own kernels wrong. */
export async function branchTimingView(
  context: EngineContext,
  device: StudioDevice,
  runId: string,
  { openHost, onProgress }: Pick<BranchTimingOptions, "openHost" | "onProgress">,
): Promise<BranchTimingView> {
  const networks = await branchNetworks(context, runId);
  const { config } = await storedRun(context.runs, runId);
  await requireOwnKernels(context, device, config);
  const { whiteningGuard } = fidelityRules(config.fidelity);
  const batches = await timeBranches({
    ...networks,
    batches: TIMED_BATCHES,
    images: (batch) => firstImages(context.dataset.test, batch, whiteningGuard),
    openHost,
    largestBytes: device.adapter.limits.maxStorageBufferBindingSize ?? device.report.maxBufferBytes,
    now: () => performance.now(),
    signal: context.control.signal,
    onProgress,
  });
  const { description, kind } = device.report;
  const devices = allParts(networks.root).length;
  return { runId, device: description, software: kind === "software", devices, batches };
}

/** The parts run our kernels: a device that gets those wrong would be timed on wrong answers. */
async function requireOwnKernels(
  { compute }: EngineContext,
  { kernels }: StudioDevice,
  config: Parameters<EngineContext["compute"]["check"]>[0],
): Promise<void> {
  // Tests the device, if nothing has computed on it yet.
  await compute.check(config);
  const chosen = await kernels;
  if (chosen.kind === "own") return;
  throw new RequestError(
    `branches run the studio's own kernels, which this device gets wrong: ${chosen.reason}`,
    "Update the graphics driver, or use another device.",
  );
}

/** Test images from the first on, and from the beginning again where there are fewer: [batch, 32, 32, 3], whitened. */
function firstImages(test: Examples, batch: number, whiteningGuard: number): Float32Array {
  const indices = Uint32Array.from({ length: batch }, (_, index) => index % test.count);
  return evaluationBatch(test, indices, whiteningGuard).images;
}
