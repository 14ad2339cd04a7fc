/** What a run's learned groups are compared with; "learned" is its own recipe from another seed (docs/design/controls.md). */
export const CONTROL_SOURCES = ["learned", "unsplit", "random", "semantic", "clustering"] as const;
export type ControlSource = (typeof CONTROL_SOURCES)[number];

/** One control to train. */
export interface PlannedControl {
  readonly source: ControlSource;
  readonly seed: number;
}

/**
 * Controls of a run that learned its groups from `ownSeed`, seed by seed, in the order in which they build on each other: clustering starts
 * from the unsplit run of its seed, which is therefore planned as well; what was learned from the run's own seed is there already.
 */
export function plannedControls(
  sources: readonly ControlSource[],
  seeds: readonly number[],
  ownSeed: number,
): readonly PlannedControl[] {
  const isWanted = (source: ControlSource): boolean =>
    sources.includes(source) || (source === "unsplit" && sources.includes("clustering"));
  const ordered = CONTROL_SOURCES.filter(isWanted);
  return seeds.flatMap((seed) =>
    ordered.filter((source) => source !== "learned" || seed !== ownSeed).map((source) => ({ source, seed })),
  );
}
