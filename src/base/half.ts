import { ShapeError } from "./errors";

/** The smallest float32 that rounds to infinity: half-way between 65,504 and 2^16, as bits. */
const FIRST_OVERFLOW = 0x477ff000;
/** 2^-14, the smallest normal half, as float32 bits. */
const FIRST_NORMAL = 0x38800000;
/** By how much the exponents of the two are apart, at the place of float32's. */
const BIAS = 0x38000000;

/**
 * The values as IEEE 754 binary16, rounded to nearest, ties to even. Throws ShapeError, which names `owner`, for a value that rounds to infinity and for
 * what is not a number.
 */
export function toHalves(owner: string, values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < halves.length; at++) {
    const magnitude = bits[at]! & 0x7fffffff;
    if (magnitude >= FIRST_OVERFLOW) throw outOfRange(owner, values[at]!);
    halves[at] = ((bits[at]! >>> 16) & 0x8000) | halfOf(magnitude);
  }
  return halves;
}

/** The numbers that halves stand for. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (half) => {
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    const sign = half >>> 15 === 1 ? -1 : 1;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** Bits of the half nearest to a finite float32 without sign. */
function halfOf(magnitude: number): number {
  if (magnitude >= FIRST_NORMAL) return roundedShift(magnitude - BIAS, 13);
  // Below, halves are multiples of 2^-24; a float32 of exponent e is its 24-bit significand times 2^(e - 150).
  const shift = 126 - (magnitude >>> 23);
  return shift > 24 ? 0 : roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
}

/** value / 2^shift, to nearest, ties to even. A carry runs into the exponent, which is the next larger half. */
function roundedShift(value: number, shift: number): number {
  const whole = value >>> shift;
  const rest = value - whole * 2 ** shift;
  const tie = 2 ** (shift - 1);
  return rest > tie || (rest === tie && whole % 2 === 1) ? whole + 1 : whole;
}

function outOfRange(owner: string, value: number): ShapeError {
  return new ShapeError(
    `${owner}: ${value} has no half-precision value, which end at 65,504`,
    "Leave out the float16 variant: this network needs single precision.",
  );
}
