import type { RunRecord } from "../model/run";
import { WEIGHT_VARIANTS, type WeightVariant } from "../model/weight-variant";
import type { Command } from "../protocol/commands";
import { listIn, listText, type View } from "./view";

/** What the next export is to hold beside, or instead of, the whole network. */
export interface ExportChoice {
  readonly variants: readonly WeightVariant[];
  /** Ascending; null for the whole network. */
  readonly classes: readonly number[] | null;
  /** Whether it is run in other programs first, and the model card says how far they are apart. */
  readonly verify: boolean;
}

const VERIFIED = "on";

/** The choice that stands in the view of a run with so many classes; what else stands there means nothing. */
export function exportChoice(view: View, classCount: number): ExportChoice {
  const variants = listIn(view.variants);
  const labels = listIn(view.classes).filter((text) => /^\d+$/.test(text));
  const chosen = [...new Set(labels.map(Number))].filter((label) => label < classCount).sort((a, b) => a - b);
  return {
    variants: WEIGHT_VARIANTS.filter((variant) => variants.includes(variant)),
    classes: chosen.length === 0 ? null : chosen,
    verify: view.verify === VERIFIED,
  };
}

/** The request to export what is chosen. */
export function exportCommand({ id, classes: names }: Pick<RunRecord, "id" | "classes">, view: View): Command {
  const { variants, classes, verify } = exportChoice(view, names.length);
  return { kind: "export", runId: id, variants: [...variants], classes: classes && [...classes], verify };
}

/** As the view has it, with these classes in or out. */
export function withClasses({ classes }: ExportChoice, labels: readonly number[], wanted: boolean): string | null {
  const others = (classes ?? []).filter((label) => !labels.includes(label));
  return listText((wanted ? [...others, ...labels] : others).toSorted((a, b) => a - b));
}

/** What stands in the view where it is verified first, or is not. */
export function withVerify(wanted: boolean): string | null {
  return wanted ? VERIFIED : null;
}

/** As the view has it, with this variant in or out. */
export function withVariant({ variants }: ExportChoice, variant: WeightVariant, wanted: boolean): string | null {
  return listText(WEIGHT_VARIANTS.filter((other) => (other === variant ? wanted : variants.includes(other))));
}
