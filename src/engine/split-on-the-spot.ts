import type { BlockOrder } from "../model/wide-resnet";
import type { EvaluationReport } from "../splitnet/evaluation";
import { identityOrder } from "../splitnet/plan";
import type { EngineContext } from "./context";
import { evaluatorOf } from "./network-evaluation";
import { groupedNetwork, previewCut } from "./networks";
import { requireRun } from "./runs";
import { unlessStopped } from "./stages";

/** What a grouped network does on the test images, and what it does right after it is cut, before any fine-tuning. */
export interface SplitOnTheSpot {
  readonly unsplit: EvaluationReport;
  /** By the order of blocks that the cut network is given. */
  readonly split: Readonly<Record<BlockOrder, EvaluationReport>>;
}

/** Null where it was stopped before its end. Nothing is stored, and groups without members get their nearest ones. */
export async function splitOnTheSpot(context: EngineContext, id: string): Promise<SplitOnTheSpot | null> {
  const run = await requireRun(context, id, ["grouped", "finetuning", "finetuned"]);
  return unlessStopped(context, async () => {
    const grouped = await groupedNetwork(context, run);
    const cutIn = (blockOrder: BlockOrder) => previewCut({ ...run, config: { ...run.config, blockOrder } }, grouped);
    const [before, after] = [cutIn("pre-activation"), cutIn("post-activation")];
    const evaluate = evaluatorOf(context, run, before.plan, 3);
    const unsplit = await evaluate(before.dense, grouped, identityOrder(run.classes.length));
    const preActivation = await evaluate(before.plan.spec, before.sliced, before.plan.classOrder);
    const postActivation = await evaluate(after.plan.spec, after.sliced, after.plan.classOrder);
    return { unsplit, split: { "pre-activation": preActivation, "post-activation": postActivation } };
  });
}
