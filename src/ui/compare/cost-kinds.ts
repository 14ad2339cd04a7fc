import type { Cost } from "../../model/cost";
import type { CostPoint } from "../../state/cost-points";
import type { Marker } from "../kit/marker";
import { groupColour } from "../kit/palette";

/** What accuracy is drawn against. */
export type CostAxis = keyof Cost;

/** A kind of point, and how it looks: ours are circles, published ones diamonds; what is split is filled. */
export interface PointKind {
  readonly key: "split" | "unsplit" | "publishedSplit" | "publishedUnsplit";
  readonly marker: Marker;
}

const OURS = groupColour(0);
const PUBLISHED = "var(--text)";

export const KINDS: readonly PointKind[] = [
  { key: "split", marker: { shape: "circle", filled: true, colour: OURS } },
  { key: "unsplit", marker: { shape: "circle", filled: false, colour: OURS } },
  { key: "publishedSplit", marker: { shape: "diamond", filled: true, colour: PUBLISHED } },
  { key: "publishedUnsplit", marker: { shape: "diamond", filled: false, colour: PUBLISHED } },
];

export function kindOf({ published, split }: CostPoint): PointKind {
  const key = published === null ? (split ? "split" : "unsplit") : split ? "publishedSplit" : "publishedUnsplit";
  return KINDS.find((kind) => kind.key === key)!;
}
