/** How a point of a chart looks: told apart by shape and filling, never by colour alone. */
export interface Marker {
  readonly shape: "circle" | "diamond";
  readonly filled: boolean;
  readonly colour: string;
}

const RADIUS = 4.5;

/** Outline of a marker around a place, as path data; a diamond of the same area as the circle. */
export function markerPath(shape: Marker["shape"], x: number, y: number): string {
  if (shape === "circle") {
    const half = `a ${RADIUS} ${RADIUS} 0 1 0`;
    return `M ${x - RADIUS} ${y} ${half} ${2 * RADIUS} 0 ${half} ${-2 * RADIUS} 0 Z`;
  }
  const reach = RADIUS * Math.sqrt(Math.PI / 2);
  return `M ${x} ${y - reach} L ${x + reach} ${y} L ${x} ${y + reach} L ${x - reach} ${y} Z`;
}

/** How the outline is drawn. */
export function markerStyle({ filled, colour }: Marker) {
  return { fill: filled ? colour : "none", stroke: colour, "stroke-width": 1.75 } as const;
}

/** The marker alone, as in a legend. */
export function MarkerSample({ marker }: { readonly marker: Marker }) {
  const { fill, stroke, "stroke-width": strokeWidth } = markerStyle(marker);
  return (
    <svg className="marker-sample" viewBox="0 0 14 14" aria-hidden="true">
      <path d={markerPath(marker.shape, 7, 7)} fill={fill} stroke={stroke} strokeWidth={strokeWidth} />
    </svg>
  );
}
