/** How values are spread: bin i of `counts` goes from least + i w to least + (i + 1) w, where w = (greatest - least) / bins. */
export interface Histogram {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation, over the count. */
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
  readonly counts: readonly number[];
}

/** Spread of all values of the arrays, in float64; null where there are none. Equal values are all in the first bin. */
export function histogramOf(arrays: readonly Float32Array[], bins: number): Histogram | null {
  let [count, sum, least, greatest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of arrays) {
    count += values.length;
    for (const value of values) {
      sum += value;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  if (count === 0) return null;
  const mean = sum / count;
  const scale = greatest > least ? bins / (greatest - least) : 0;
  const counts = new Array<number>(bins).fill(0);
  // A second pass: the difference of mean square and squared mean loses the digits that a small deviation has.
  let squares = 0;
  for (const values of arrays) {
    for (const value of values) {
      squares += (value - mean) ** 2;
      counts[Math.min(bins - 1, Math.floor((value - least) * scale))]!++;
    }
  }
  return { count, mean, deviation: Math.sqrt(squares / count), least, greatest, counts };
}
