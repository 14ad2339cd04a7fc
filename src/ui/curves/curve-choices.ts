import { z } from "zod";
import { parseSafely } from "../../base/problems";
import { CURVE_AXES, type CurveRange } from "../../state/curve-view";

/** How a person looks at the curves; kept over reloads. */
export interface CurveChoices {
  readonly axis: (typeof CURVE_AXES)[number];
  readonly log: boolean;
  /** Of one stage of one run, and on this axis; null: everything. */
  readonly zoom: { readonly of: string; readonly range: CurveRange } | null;
}

const DEFAULT: CurveChoices = { axis: "step", log: false, zoom: null };

const schema: z.ZodType<CurveChoices> = z.object({
  axis: z.enum(CURVE_AXES),
  log: z.boolean(),
  zoom: z.object({ of: z.string(), range: z.tuple([z.number(), z.number()]) }).nullable(),
});

/** As stored; what cannot be read is the default. */
export function parseChoices(stored: string | null): CurveChoices {
  try {
    const parsed = parseSafely(schema, JSON.parse(stored ?? "null"));
    return parsed.success ? parsed.data : DEFAULT;
  } catch {
    return DEFAULT;
  }
}
