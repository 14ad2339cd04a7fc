import { fidelityRules } from "../model/fidelity";
import type { RunRecord } from "../model/run";
import type { ModelSpec } from "../model/spec";
import type { EvaluationReport } from "../splitnet/evaluation";
import { evaluationReport } from "../splitnet/report";
import { classGroupsOf } from "../splitnet/savings";
import type { NetworkTensors } from "../splitnet/slice";
import type { SplitPlan } from "../splitnet/split-plan";
import type { EngineContext } from "./context";
import { despiteLosses } from "./device-losses";

/** Evaluates one network on the test images; its logits are in `classOrder`. */
export type Evaluate = (spec: ModelSpec, tensors: NetworkTensors, classOrder: readonly number[]) => Promise<EvaluationReport>;

/** Evaluates so many networks one after the other and reports progress over all of them; groups of classes are those of `plan`. */
export function evaluatorOf(context: EngineContext, run: RunRecord, plan: SplitPlan, networks: number): Evaluate {
  const { dataset, compute, control, observer, breathe } = context;
  const imagesTotal = networks * dataset.test.count;
  let before = 0;
  return async (spec, tensors, classOrder) => {
    const onProgress = (done: number): void =>
      observer({ kind: "evaluating", runId: run.id, imagesDone: before + done, imagesTotal });
    onProgress(0);
    const network = { spec, parameters: tensors.parameters, statistics: tensors.statistics };
    const { logits, seconds } = await despiteLosses(breathe, () =>
      compute.evaluate(network, {
        examples: dataset.test,
        batchSize: run.config.evaluation.batchSize,
        whiteningGuard: fidelityRules(run.config.fidelity).whiteningGuard,
        classOrder,
        warmUp: true,
        onProgress,
        signal: control.signal,
      }),
    );
    before += dataset.test.count;
    return evaluationReport({
      logits,
      labels: dataset.test.fine,
      classes: run.classes.length,
      classGroups: classGroupsOf(plan),
      superclassOf: run.superclassOf,
      seconds,
    });
  };
}
