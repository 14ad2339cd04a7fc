import { headOf } from "../splitnet/group-means";
import { networkParts } from "../splitnet/parts";
import { identityOrder } from "../splitnet/plan";
import type { BranchTimingOptions } from "./branch-timing";
import type { EngineContext } from "./context";
import { groupedNetwork, splitNetwork, storedCut } from "./networks";
import { requireRun } from "./runs";

/** The networks of a run that is split, whole and taken apart. Throws RequestError for one that is not. */
export async function branchNetworks(
  context: EngineContext,
  id: string,
): Promise<Pick<BranchTimingOptions, "unsplit" | "split" | "root">> {
  const run = await requireRun(context, id, ["finetuning", "finetuned"]);
  const grouped = await groupedNetwork(context, run);
  const cut = await storedCut(context, run, grouped);
  const { dense, plan, tree } = cut;
  const tensors = await splitNetwork(context, run, cut);
  return {
    unsplit: { spec: dense, tensors: grouped, output: headOf(dense).name, classOrder: identityOrder(run.classes.length) },
    split: { spec: plan.spec, tensors, output: headOf(plan.spec).name, classOrder: plan.classOrder },
    root: networkParts(plan, tree, tensors),
  };
}
