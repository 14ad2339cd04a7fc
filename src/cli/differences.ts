/** How far a result is from what a fixture expects, key by key. */
export interface Difference {
  readonly key: string;
  /** A number for values, a word for what cannot be compared. */
  readonly difference: string;
}

/**
 * Per top-level key of the result: the largest difference of its numbers over the largest of the expected ones in the same list, so
 * that elements near zero do not count as wrong. Expectations stand in `expect`, or between the fixture's inputs.
 */
export function worstDifferences(fixture: unknown, actual: unknown): Difference[] {
  if (!isRecord(fixture) || !isRecord(actual)) return [];
  const expected = isRecord(fixture.expect) ? fixture.expect : commonTo(fixture, actual);
  if (!isRecord(expected)) return [];
  return Object.entries(expected).map(([key, value]) => {
    const worst = Object.hasOwn(actual, key) ? relative(value, actual[key]) : Number.NaN;
    return {
      key,
      difference: Number.isNaN(worst) ? "missing or of another shape" : worst === 0 ? "exact" : worst.toExponential(1),
    };
  });
}

/** The parts of `given` for which `actual` has something. */
function commonTo(given: unknown, actual: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(actual)) return given.map((item, index) => commonTo(item, actual[index]));
  if (!isRecord(given) || !isRecord(actual)) return given;
  const names = Object.keys(given).filter((name) => Object.hasOwn(actual, name));
  return Object.fromEntries(names.map((name) => [name, commonTo(given[name], actual[name])]));
}

/** NaN when the two have different shapes. */
function relative(expected: unknown, actual: unknown): number {
  if (typeof expected === "number") return typeof actual === "number" ? overScale([expected], [actual]) : Number.NaN;
  if (isNumbers(expected))
    return isNumbers(actual) && actual.length === expected.length ? overScale(expected, actual) : Number.NaN;
  if (isRecord(expected) || Array.isArray(expected)) {
    if (!isRecord(actual) && !Array.isArray(actual)) return Number.NaN;
    const parts = new Map<string, unknown>(Object.entries(actual));
    return Object.entries(expected).reduce((worst, [key, value]) => Math.max(worst, relative(value, parts.get(key))), 0);
  }
  return expected === actual ? 0 : Number.NaN;
}

function overScale(expected: readonly number[], actual: readonly number[]): number {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), Number.MIN_VALUE);
  return expected.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (actual[index] ?? Number.NaN)) / scale), 0);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
