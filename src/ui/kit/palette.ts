/**
 * Colours of groups, the same in every panel: Okabe and Ito (2008), told apart by people with any colour vision and readable on
 * both themes. A ninth group starts again, which is why groups always carry their number too.
 */
const GROUP_COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#8c8c8c"] as const;

export type Rgb = readonly [number, number, number];

/** Colour of a group for style properties. */
export function groupColour(group: number): string {
  return GROUP_COLOURS[group % GROUP_COLOURS.length]!;
}

/** Colour of a group for canvas pixels. */
export function groupRgb(group: number): Rgb {
  const value = Number.parseInt(groupColour(group).slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** One colour a line of a chart, in the order of the legend; the same hues as the groups. */
export const LINE_COLOURS = ["var(--text)", "#0072b2", "#8c8c8c", "#cc79a7", "#009e73", "#e69f00", "#d55e00"] as const;
