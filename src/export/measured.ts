import type { WeightVariant } from "../model/weight-variant";
import type { RankedAccuracy } from "../splitnet/ranking";
import { percent, table, whole } from "./markdown";

/** How good the exported network is, as it is and with its weights in smaller forms, measured on the same images on the same device. */
export interface MeasuredWeights {
  /** Test images, of the classes that are exported. */
  readonly count: number;
  readonly original: RankedAccuracy;
  readonly variants: readonly MeasuredVariant[];
}

export interface MeasuredVariant {
  readonly variant: WeightVariant;
  readonly accuracy: RankedAccuracy;
  /** Share of the images for which it decides as the original does, 0..1. */
  readonly sameClass: number;
}

/** Endings of the ONNX files of a variant, as model hubs name them. */
export const VARIANT_ENDINGS: Readonly<Record<WeightVariant, string>> = { float16: "fp16", int8: "int8" };

const FORMS: Readonly<Record<WeightVariant, string>> = {
  float16: "float16 weights, cast to float32 when the model is loaded",
  int8: "int8 weights with a scale for each output channel, made float32 again by the model",
};

/** Section of the model card. */
export function measuredSection({ count, original, variants }: MeasuredWeights): string {
  const row = (name: string, { top1, top5, loss }: RankedAccuracy, same: string): string[] => [
    ...[name, percent(top1), percent(top5), loss.toFixed(4), same],
  ];
  const rows = [
    row("float32", original, ""),
    ...variants.map(({ variant, accuracy, sameClass }) => row(variant, accuracy, percent(sameClass))),
  ];
  const measured = `On ${whole(count)} test images, all by this studio's own engine with the weights rounded as the file holds them:\n`;
  return `## Smaller weights\n\n${measured}\n${table(["weights", "top-1", "top-5", "loss", "decides as float32"], rows)}`;
}

/** Rows of the table of files. `name` is the ONNX file's, without its ending. */
export function variantRows(name: string, measured: MeasuredWeights | null | undefined): string[][] {
  return (measured?.variants ?? []).map(({ variant }) => [
    `\`onnx/${name}_${VARIANT_ENDINGS[variant]}.onnx\``,
    `the same as \`onnx/${name}.onnx\` with ${FORMS[variant]}`,
  ]);
}
