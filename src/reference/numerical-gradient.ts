/**
 * Central differences: d f / d values[i] = (f(values + h e_i) - f(values - h e_i)) / (2 h) for every element.
 * `f` reads `values`, which is changed and restored in place. With h = 1e-5 the error is near 1e-10 of f's scale.
 */
export function numericalGradient(f: () => number, values: Float64Array, step = 1e-5): Float64Array {
  return values.map((value, i) => {
    values[i] = value + step;
    const above = f();
    values[i] = value - step;
    const below = f();
    values[i] = value;
    return (above - below) / (2 * step);
  });
}
