/** Steps within a power of ten, from coarse to fine. */
const STEPS = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]] as const;
const FEWEST = 2;
const MOST = 8;

/** Round values for a logarithmic axis between two positive ends, at most eight; where none are round enough, the ends and what lies evenly between. */
export function logTicks(low: number, high: number): readonly number[] {
  for (const steps of STEPS) {
    const ticks = ticksOf(steps, low, high);
    if (ticks.length >= FEWEST && ticks.length <= MOST) return ticks;
    if (ticks.length > MOST) break;
  }
  const even = Array.from({ length: 4 }, (_, index) => Number((low * (high / low) ** (index / 3)).toPrecision(3)));
  return [...new Set(even)];
}

function ticksOf(steps: readonly number[], low: number, high: number): readonly number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return powers.flatMap((power) => steps.map((step) => step * power)).filter((tick) => tick >= low && tick <= high);
}
