/**
 * A tensor in eleven numbers: largest absolute value, norm, signed sum, eight elements. The signed sum takes each element times 1 or -1 by
 * its index, so that it grows as the square root of their number only: one wrong element shows, whichever it is.
 */
export type Digest = readonly number[];

const PROBES = 8;
const NAMES = ["largest element", "norm", "signed sum", ...Array.from({ length: PROBES }, (_, i) => `probe ${i}`)];
/** 2^32 divided by the golden ratio: its multiples are spread evenly. */
const SPREAD = 0x9e3779b1;

export function digestOf(values: ArrayLike<number>): number[] {
  let [largest, squares, signedSum] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    largest = Math.max(largest, Math.abs(value));
    squares += value * value;
    signedSum += spread(i) < 0x80000000 ? value : -value;
  }
  const probes = Array.from({ length: PROBES }, (_, probe) => values[spread(probe) % values.length]!);
  return [largest, Math.sqrt(squares), signedSum, ...probes];
}

/**
 * The first number that is off, in words, or null. Elements may be off by `tolerance` times the largest one, sums by `tolerance` times
 * the norm; what is not a number is off.
 */
export function differenceOf(actual: Digest, expected: Digest, tolerance: number): string | null {
  const [largest = 0, norm = 0] = expected;
  const scaleOf = (position: number): number => (position === 1 || position === 2 ? norm : largest);
  const got = (position: number): number => actual[position] ?? Number.NaN;
  const wrong = NAMES.findIndex((_, i) => !(Math.abs(got(i) - expected[i]!) <= tolerance * scaleOf(i)));
  return wrong < 0 ? null : `${NAMES[wrong]} is ${digits(got(wrong))} instead of ${digits(expected[wrong]!)}`;
}

/** Six digits: more than any tolerance looks at. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function spread(index: number): number {
  return Math.imul(index + 1, SPREAD) >>> 0;
}
