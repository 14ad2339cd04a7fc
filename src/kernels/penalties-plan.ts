import { ShapeError } from "../base/errors";
import { align } from "./device-memory";

/** A channel axis whose members have assignment logits [groups, size] at `logitsOffset` (floats, a multiple of 64). */
export interface PenaltySpace {
  readonly groups: number;
  readonly size: number;
  readonly logitsOffset: number;
}

/** Weights [taps][inputs][outputs] at `weightsOffset` (floats, a multiple of 64), both padded from their space's size to a multiple of 4. */
export interface PenaltyLayer {
  readonly taps: number;
  readonly weightsOffset: number;
  /** Groups of the layer, at most those of either space. */
  readonly groups: number;
  /** Indices of spaces. */
  readonly inputSpace: number;
  readonly outputSpace: number;
}

/** What the penalties of a network are of. */
export interface PenaltyNetwork {
  /** Each with at least 2 groups. */
  readonly spaces: readonly PenaltySpace[];
  /** At least one. */
  readonly layers: readonly PenaltyLayer[];
  /** Indices of spaces: overlap and uniform are the mean over entries of the mean over an entry's spaces. */
  readonly entries: readonly (readonly number[])[];
  /** Supergroup of each of `groups` groups, ascending: `mergeIndices`. */
  readonly merge: (groups: number, supergroups: number) => readonly number[];
}

/** Inputs and vectors of outputs of a tile (penalty-tile.wgsl). */
export const SIDE = 16;

/** A space's assignment merged to `groups`: p [groups][stride] at `offset` of the shares, floats. */
export interface Assignment {
  readonly space: number;
  readonly groups: number;
  readonly stride: number;
  readonly offset: number;
  /** Supergroup of every group of the space. */
  readonly supergroups: readonly number[];
}

/** Inputs or outputs of a layer. */
export interface Axis {
  readonly assignment: Assignment;
  readonly size: number;
  /** First of slopes and direct derivatives [groups][stride]. */
  readonly slopes: number;
  /** First of the sums in parts [tiles][groups][stride]; `tiles` counts those along the other axis. */
  readonly sums: number;
  readonly tiles: number;
  /** What a norm of this axis counts in the layer's penalty. */
  readonly factor: number;
}

export interface PlannedLayer extends PenaltyLayer {
  readonly index: number;
  readonly input: Axis;
  readonly output: Axis;
  /** First of the mean squares [inputs][outputs], floats. */
  readonly means: number;
}

/** Where everything of the penalties is, in floats of the temporary it is in. */
export interface PenaltyPlan {
  /** Those of the spaces themselves first, in their order. */
  readonly assignments: readonly Assignment[];
  readonly layers: readonly PlannedLayer[];
  /** First of the sizes of every space's groups; two terms a space precede them all. */
  readonly sizes: readonly number[];
  readonly floats: {
    readonly shares: number;
    readonly slopes: number;
    readonly sums: number;
    readonly means: number;
    readonly spread: number;
  };
}

export function planPenalties({ spaces, layers, merge }: PenaltyNetwork): PenaltyPlan {
  const floats = { shares: 0, slopes: 0, sums: 0, means: 0, spread: 2 * spaces.length };
  const take = (what: keyof typeof floats, count: number): number => {
    const start = floats[what];
    floats[what] += count;
    return start;
  };
  const assignments = new Map<string, Assignment>();
  const assignmentOf = (space: number, groups: number): Assignment => {
    const { groups: learned, size } = spaceAt(spaces, space);
    const key = `${space}/${groups}`;
    const found = assignments.get(key);
    if (found !== undefined) return found;
    const stride = align(size, 4);
    const supergroups = groups === learned ? Array.from({ length: groups }, (_, g) => g) : merge(learned, groups);
    const assignment = { space, groups, stride, offset: take("shares", groups * stride), supergroups };
    assignments.set(key, assignment);
    return assignment;
  };
  const sizes = spaces.map((space, index) => {
    assignmentOf(index, space.groups);
    return take("spread", space.groups);
  });
  const axisOf = (space: number, groups: number, tiles: number, factor: number): Axis => {
    const assignment = assignmentOf(space, groups);
    const count = groups * assignment.stride;
    const { size } = spaceAt(spaces, space);
    return { assignment, size, slopes: take("slopes", count), sums: take("sums", tiles * count), tiles, factor };
  };
  const planned = layers.map((layer, index): PlannedLayer => {
    const [inputs, outputs] = [spaceAt(spaces, layer.inputSpace).size, spaceAt(spaces, layer.outputSpace).size];
    const { row, column } = normFactors(layer, inputs, outputs);
    return {
      ...layer,
      index,
      input: axisOf(layer.inputSpace, layer.groups, Math.ceil(outputs / (4 * SIDE)), row),
      output: axisOf(layer.outputSpace, layer.groups, Math.ceil(inputs / SIDE), column),
      means: take("means", align(inputs, 4) * align(outputs, 4)),
    };
  });
  return { assignments: [...assignments.values()], layers: planned, sizes, floats };
}

/** What overlap and uniform of every space count in their means. */
export function spaceShares({ spaces, entries }: PenaltyNetwork): number[] {
  const shares = spaces.map(() => 0);
  for (const entry of entries) for (const space of entry) shares[space] = shares[space]! + 1 / (entries.length * entry.length);
  return shares;
}

function spaceAt(spaces: readonly PenaltySpace[], index: number): PenaltySpace {
  const space = spaces[index];
  if (space === undefined || space.groups < 2)
    throw new ShapeError(
      `space ${index} of the penalties has ${space?.groups ?? "no"} groups`,
      "Only grouped spaces have penalties.",
    );
  return space;
}

/** 1 / (in sqrt(out)) and 1 / (out sqrt(in)), both over 2 (G - 1) sigma / G with sigma = 1 / sqrt(taps in) (utils.py:208-221). */
function normFactors({ taps, groups }: PenaltyLayer, inputs: number, outputs: number) {
  const scale = (groups * Math.sqrt(taps * inputs)) / (2 * (groups - 1));
  return { row: scale / (inputs * Math.sqrt(outputs)), column: scale / (outputs * Math.sqrt(inputs)) };
}
