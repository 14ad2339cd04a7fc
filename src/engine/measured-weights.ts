import { columnsOf, hostTensor } from "../base/tensor";
import type { MeasuredVariant, MeasuredWeights } from "../export/measured";
import { roundedWeights } from "../export/small-weights";
import { fidelityRules } from "../model/fidelity";
import type { RunRecord } from "../model/run";
import type { WeightVariant } from "../model/weight-variant";
import type { Cut } from "../splitnet/pipeline";
import { identityOrder } from "../splitnet/plan";
import { type RankedAccuracy, rankedAccuracy, rankOf } from "../splitnet/ranking";
import type { NetworkTensors } from "../splitnet/slice";
import type { EvaluateOptions } from "../train/evaluate";
import type { EngineContext } from "./context";
import { despiteLosses } from "./device-losses";
import type { ExportOptions } from "./export-options";

interface Decisions {
  readonly accuracy: RankedAccuracy;
  readonly predictions: readonly number[];
}

/**
 * Accuracy of the split network on all test images of the classes exported, deciding among those alone; and the same with its weights rounded as each
 * variant stores them. Null where the export asks for neither variants nor classes, or where those classes have no test image. Throws ShapeError for weights beyond a variant's range.
 */
export async function measuredWeights(
  context: EngineContext,
  run: RunRecord,
  cut: Cut,
  tensors: NetworkTensors,
  { variants, classes }: ExportOptions,
): Promise<MeasuredWeights | null> {
  if (variants.length === 0 && classes === null) return null;
  const { fine } = context.dataset.test;
  const labels = classes ?? identityOrder(run.classes.length);
  const indices = Uint32Array.from(fine.keys()).filter((image) => labels.includes(fine[image]!));
  if (indices.length === 0) return null;
  const truths = Uint8Array.from(indices, (image) => labels.indexOf(fine[image]!));
  const progress = progressOver(context, run, (1 + variants.length) * indices.length);
  const decisions = async (parameters: NetworkTensors["parameters"]): Promise<Decisions> => {
    const all = await logitsOf(context, run, cut, { ...tensors, parameters }, { indices, onProgress: progress() });
    const logits = columnsOf(hostTensor([indices.length, run.classes.length], all), labels).data;
    const rows = Array.from(truths, (_, image) => logits.subarray(image * labels.length, (image + 1) * labels.length));
    return { accuracy: rankedAccuracy(logits, truths), predictions: rows.map((row) => rankOf(row, 0).predicted) };
  };
  const original = await decisions(tensors.parameters);
  const measured: MeasuredVariant[] = [];
  for (const variant of variants)
    measured.push(compared(variant, original, await decisions(roundedWeights(tensors.parameters, variant))));
  return { count: indices.length, original: original.accuracy, variants: measured };
}

async function logitsOf(
  { dataset, compute, control, breathe }: EngineContext,
  run: RunRecord,
  { plan }: Cut,
  tensors: NetworkTensors,
  which: Pick<EvaluateOptions, "indices" | "onProgress">,
): Promise<Float32Array> {
  const { logits } = await despiteLosses(breathe, () =>
    compute.evaluate(
      { spec: plan.spec, ...tensors },
      {
        ...which,
        examples: dataset.test,
        batchSize: run.config.evaluation.batchSize,
        whiteningGuard: fidelityRules(run.config.fidelity).whiteningGuard,
        classOrder: plan.classOrder,
        signal: control.signal,
      },
    ),
  );
  return logits;
}

/** Of one pass after the other over as many images: who looks on sees the images of all passes. */
function progressOver({ observer }: EngineContext, { id }: RunRecord, imagesTotal: number) {
  let before = 0;
  let latest = 0;
  return () => {
    before += latest;
    latest = 0;
    return (done: number): void => {
      latest = done;
      observer({ kind: "evaluating", runId: id, imagesDone: before + done, imagesTotal });
    };
  };
}

function compared(variant: WeightVariant, original: Decisions, { accuracy, predictions }: Decisions): MeasuredVariant {
  const same = predictions.filter((predicted, image) => predicted === original.predictions[image]).length;
  return { variant, accuracy, sameClass: same / predictions.length };
}
