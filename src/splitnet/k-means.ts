import { at, type Matrix } from "../base/matrix";

const MOST_ROUNDS = 200;

/**
 * k-means of the rows of `points` (Lloyd 1982), begun with the row that is nearest to the mean of all and then always the row that is farthest
 * from those chosen: deterministic, and no group is empty as long as there are as many rows as groups.
 */
export function kMeans(points: Matrix, groups: number): number[] {
  let centres = farthestRows(points, groups).map((row) => rowOf(points, row));
  let groupOf: number[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = filled(points, nearestCentres(points, centres), centres);
    if (next.every((group, row) => group === groupOf[row])) break;
    groupOf = next;
    centres = centres.map((_, group) => meanOf(points, rowsOf(groupOf, group)));
  }
  return groupOf;
}

function farthestRows(points: Matrix, count: number): number[] {
  const mean = meanOf(
    points,
    Array.from({ length: points.rows }, (_, row) => row),
  );
  const fromMean = distances(points, mean);
  const chosen = [fromMean.indexOf(Math.min(...fromMean))];
  const nearest = distances(points, rowOf(points, chosen[0]!));
  while (chosen.length < count) {
    // Where rows are equal none is farther than 0: then any that is not chosen will do.
    const open = nearest.map((distance, row) => (chosen.includes(row) ? -1 : distance));
    const farthest = open.indexOf(Math.max(...open));
    chosen.push(farthest);
    distances(points, rowOf(points, farthest)).forEach((distance, row) => {
      nearest[row] = Math.min(nearest[row]!, distance);
    });
  }
  return chosen;
}

function nearestCentres(points: Matrix, centres: readonly (readonly number[])[]): number[] {
  const toCentres = centres.map((centre) => distances(points, centre));
  return Array.from({ length: points.rows }, (_, row) => {
    const own = toCentres.map((distance) => distance[row]!);
    return own.indexOf(Math.min(...own));
  });
}

/** Every group that came out empty takes the row that is farthest from its centre, of a group that has others. */
function filled(points: Matrix, groupOf: number[], centres: readonly (readonly number[])[]): number[] {
  const result = [...groupOf];
  centres.forEach((_, group) => {
    if (result.includes(group)) return;
    const away = result.map((own, row) =>
      rowsOf(result, own).length < 2 ? -1 : squaredDistance(rowOf(points, row), centres[own]!),
    );
    result[away.indexOf(Math.max(...away))] = group;
  });
  return result;
}

function rowsOf(groupOf: readonly number[], group: number): number[] {
  return groupOf.flatMap((own, row) => (own === group ? [row] : []));
}

function meanOf(points: Matrix, rows: readonly number[]): number[] {
  return Array.from({ length: points.columns }, (_, column) => {
    return rows.reduce((sum, row) => sum + at(points, row, column), 0) / rows.length;
  });
}

function rowOf(points: Matrix, row: number): number[] {
  return Array.from({ length: points.columns }, (_, column) => at(points, row, column));
}

/** Squared distance of every row. */
function distances(points: Matrix, from: readonly number[]): number[] {
  return Array.from({ length: points.rows }, (_, row) => squaredDistance(rowOf(points, row), from));
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0);
}
