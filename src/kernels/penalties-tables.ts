import { align } from "./device-memory";
import { type Axis, type PenaltyNetwork, type PenaltyPlan, type PlannedLayer, SIDE, spaceShares } from "./penalties-plan";
import { chunkStarts, floatBits, type Stretch } from "./work-table";

/** Positions of an axis that a workgroup of penalty-norms and of penalty-logits takes. */
export const POSITIONS = 64;

/** Weights of the penalties in the objective. */
export interface PenaltyWeights {
  readonly overlap: number;
  readonly weightSplit: number;
  readonly uniform: number;
}

/** A workgroup's record, as a function of where what it touches in the parameters starts. */
export interface Work {
  readonly stretch: Stretch;
  record(windowStart: number): readonly number[];
}

/** penalty-assignments.wgsl: what every assignment reads and writes, and the supergroups they refer to. */
export function assignmentWork(network: PenaltyNetwork, plan: PenaltyPlan, weights: PenaltyWeights) {
  const shares = spaceShares(network);
  const merges: number[] = [];
  const work = plan.assignments.map((assignment, index): Work => {
    const { groups, size, logitsOffset } = network.spaces[assignment.space]!;
    const firstMerge = merges.push(...assignment.supergroups) - groups;
    const share = shares[assignment.space]!;
    const overlap = (weights.overlap * share * groups) / (size * (groups - 1));
    const uniformity = (weights.uniform * share * groups) / (size * size);
    return {
      stretch: { start: logitsOffset, end: logitsOffset + groups * size },
      record: (start) => [
        ...[logitsOffset - start, groups, size, firstMerge, assignment.offset, assignment.stride],
        ...[index < network.spaces.length ? 1 : 0, 2 * assignment.space, plan.sizes[assignment.space]!],
        ...[floatBits(overlap), floatBits(uniformity)],
      ],
    };
  });
  return { work, merges };
}

/** penalty-tile.wgsl: the tiles of every layer. */
export function tileWork(plan: PenaltyPlan): Work[] {
  return plan.layers.flatMap((layer) => {
    const stretch = {
      start: layer.weightsOffset,
      end: layer.weightsOffset + layer.taps * rowsOf(layer) * layer.output.assignment.stride,
    };
    return chunkStarts(rowsOf(layer), SIDE).flatMap((row) =>
      chunkStarts(columnsOf(layer), SIDE).map(
        (column): Work => ({ stretch, record: (start) => tile(layer, row, column, start) }),
      ),
    );
  });
}

function tile(layer: PlannedLayer, row: number, column: number, windowStart: number): number[] {
  const { input, output, taps, groups } = layer;
  const [rows, columns] = [rowsOf(layer), columnsOf(layer)];
  return [
    ...[(layer.weightsOffset - windowStart) / 4, taps, floatBits(1 / taps), rows, columns, row, column, groups, layer.means / 4],
    ...[input.assignment.offset / 4, output.assignment.offset / 4, input.slopes / 4, output.slopes / 4],
    ...[input.sums + (column / SIDE) * groups * rows, output.sums + (row / SIDE) * groups * 4 * columns],
    layer.index,
  ];
}

/** penalty-norms.wgsl: the chunks of both axes of every layer; and which of them belong to each layer (penalty-terms.wgsl). */
export function normTables(plan: PenaltyPlan) {
  const chunks: number[][] = [];
  const layers = plan.layers.map(({ input, output, groups }) => {
    const own = [...axisChunks(input, groups), ...axisChunks(output, groups)];
    return [chunks.push(...own) - own.length, own.length];
  });
  return { chunks, layers };
}

function axisChunks({ assignment, size, slopes, sums, tiles, factor }: Axis, groups: number): number[][] {
  const { stride, offset } = assignment;
  return chunkStarts(stride, POSITIONS).map((start) => [
    ...[sums, tiles, groups, stride, size, start, offset, slopes],
    floatBits(factor),
  ]);
}

/** penalty-logits.wgsl: the chunks of every space, and the rows that the layers give to each of its groups. */
export function logitsWork(network: PenaltyNetwork, plan: PenaltyPlan, weights: PenaltyWeights, gradientScale: number) {
  const shares = spaceShares(network);
  const uses: number[][] = [];
  const work = network.spaces.flatMap(({ groups, size, logitsOffset }, space) => {
    const own = usesOf(plan, space, groups);
    const firstUse = uses.push(...own) - own.length;
    const share = gradientScale * shares[space]!;
    const overlap = (weights.overlap * share * 2 * groups) / (size * (groups - 1));
    const uniformity = (weights.uniform * share * 2 * groups) / (size * size);
    const { offset } = plan.assignments[space]!;
    return chunkStarts(size, POSITIONS).map(
      (first): Work => ({
        stretch: { start: logitsOffset, end: logitsOffset + groups * size },
        record: (start) => [
          ...[logitsOffset - start, groups, size, first, offset, align(size, 4), plan.sizes[space]!],
          ...[firstUse, own.length / groups, floatBits(overlap), floatBits(uniformity)],
        ],
      }),
    );
  });
  return { work, uses };
}

/** Rows [groups][axes in this space]: a group gets what its supergroup gets (the gradient of a sum). */
function usesOf(plan: PenaltyPlan, space: number, groups: number): number[][] {
  const axes = plan.layers.flatMap((layer) =>
    [layer.input, layer.output].filter(({ assignment }) => assignment.space === space).map((axis) => ({ layer, axis })),
  );
  return Array.from({ length: groups }, (_, group) =>
    axes.map(({ layer, axis: { assignment, slopes, sums, tiles } }) => {
      const row = assignment.supergroups[group]! * assignment.stride;
      const step = assignment.groups * assignment.stride;
      return [layer.index, assignment.offset + row, slopes + row, sums + row, tiles, step];
    }),
  ).flat();
}

function rowsOf({ input }: PlannedLayer): number {
  return input.assignment.stride;
}

function columnsOf({ output }: PlannedLayer): number {
  return output.assignment.stride / 4;
}
