import { tensorNamed } from "../base/tensor";
import type { Examples } from "../data/dataset";
import { fidelityRules } from "../model/fidelity";
import { spaceNamed } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { RunRecord } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { layerGroups } from "../splitnet/block-mass";
import { likeliestGroups } from "../splitnet/discretize";
import { headOf, type OrderedNetwork, type Response, responseOf, withGroupMeans } from "../splitnet/group-means";
import type { Partition } from "../splitnet/partition";
import { identityOrder } from "../splitnet/plan";
import type { NetworkTensors } from "../splitnet/slice";
import type { EngineContext } from "./context";
import { despiteLosses } from "./device-losses";
import { groupedNetwork, groupTraining, splitNetwork, storedCut } from "./networks";
import { requireRun } from "./runs";

/** What the networks of a run make of one image; `split` is null before the split. */
export interface Trial {
  readonly unsplit: Response;
  readonly split: Response | null;
}

/** Runs the networks of a run on one example, by its index, on the device. Throws RequestError for a run that is not grouped yet. */
export async function tryImage(context: EngineContext, id: string, examples: Examples, index: number): Promise<Trial> {
  const run = await requireRun(context, id, ["grouped", "finetuning", "finetuned"]);
  const grouped = await groupedNetwork(context, run);
  const answer = responder(context, run, examples, index);
  const cut = run.phase === "grouped" ? null : await storedCut(context, run, grouped);
  const dense = cut?.dense ?? groupTraining(run).spec;
  const inputs = headGroups(dense, (space) => cut?.partitions.get(space)?.groupOf ?? learnedGroups(dense, space, grouped));
  const unsplit = { spec: dense, tensors: grouped, classOrder: identityOrder(run.classes.length) };
  const split = cut && { ...cut.plan, tensors: await splitNetwork(context, run, cut) };
  return { unsplit: await answer(unsplit, inputs), split: split && (await answer(split, inputs)) };
}

/** Groups of what the last layer reads, as that layer sees them. */
function headGroups(dense: ModelSpec, finestOf: (space: string) => readonly number[]): Partition {
  const { inputSpace, groups } = headOf(dense);
  if (groups === 1) return { groups, groupOf: new Array<number>(spaceNamed(dense, inputSpace).size).fill(0) };
  return { groups, groupOf: layerGroups(dense, inputSpace, groups, finestOf(inputSpace)) };
}

/** The likeliest groups so far. */
function learnedGroups(dense: ModelSpec, space: string, { parameters }: NetworkTensors): number[] {
  const { groups, size } = spaceNamed(dense, space);
  return likeliestGroups(tensorNamed(parameters, logitsName(space)).data, groups, size);
}

function responder({ compute, breathe, control }: EngineContext, run: RunRecord, examples: Examples, index: number) {
  const { whiteningGuard } = fidelityRules(run.config.fidelity);
  return async (network: OrderedNetwork, inputs: Partition): Promise<Response> => {
    const { spec, tensors, classOrder } = withGroupMeans(network, inputs);
    const { parameters, statistics } = tensors;
    const options = {
      examples,
      indices: Uint32Array.of(index),
      batchSize: 1,
      whiteningGuard,
      classOrder,
      signal: control.signal,
    };
    const { logits } = await despiteLosses(breathe, () => compute.evaluate({ spec, parameters, statistics }, options));
    return responseOf(logits, run.classes.length, inputs);
  };
}
