/**
 * Student's t distribution. Formulas: Abramowitz and Stegun 1964, 26.7.1 and 26.5.27 (t by the incomplete beta function), 6.1.40 (the
 * logarithm of gamma, Stirling's series), 26.5.8 (the continued fraction), evaluated by Lentz's method (Lentz 1976).
 */

/** The t below which that probability lies, for a positive number of degrees of freedom; bisection of the distribution to 1e-12. */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`student: a probability of ${probability}, not within 0 and 1`);
  if (probability < 0.5) return -studentQuantile(1 - probability, freedom);
  let [low, high] = [0, 1];
  while (studentBelow(high, freedom) < probability) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentBelow(middle, freedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability of a value below t. */
export function studentBelow(t: number, freedom: number): number {
  const beyond = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t < 0 ? beyond : 1 - beyond;
}

/** Regularised incomplete beta function I_x(a, b), 0 <= x <= 1; a, b > 0. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean of the distribution; above it the other tail is taken.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(front) / a) * betaFraction(x, a, b);
}

const SMALLEST = 1e-300;
const CLOSE = 1e-15;
const LONGEST_FRACTION = 10_000;

/** 1 / (1 + d1 / (1 + d2 / (1 + ...))) of 26.5.8. */
function betaFraction(x: number, a: number, b: number): number {
  let [value, numerator, denominator] = [1, 1, 0];
  for (let term = 1; term <= LONGEST_FRACTION; term++) {
    const coefficient = betaCoefficient(term, x, a, b);
    denominator = 1 / nonZero(1 + coefficient * denominator);
    numerator = nonZero(1 + coefficient / numerator);
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < CLOSE) break;
  }
  return 1 / value;
}

function betaCoefficient(term: number, x: number, a: number, b: number): number {
  const m = term >> 1;
  const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
  const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  return term % 2 === 0 ? even : odd;
}

function nonZero(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value;
}

/** ln of gamma(x), x > 0: Stirling's series from 10 on, where five terms leave less than 2e-14, and the recurrence below. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const square = 1 / (x * x);
  const series = 1 / 12 + square * (-1 / 360 + square * (1 / 1260 + square * (-1 / 1680 + square / 1188)));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x;
}
