// Arithmetic that the language lets every driver do in its own order, written out. Drivers that round sums, products, quotients and
// roots as IEEE 754 asks train to the same bits with it. Part of every kernel's program.

// m v; the language's own may add in any order.
fn times(m: mat4x4<f32>, v: vec4<f32>) -> vec4<f32> {
  return ((m[0] * v.x + m[1] * v.y) + m[2] * v.z) + m[3] * v.w;
}

fn timesFour(m: mat4x4<f32>, columns: mat4x4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(times(m, columns[0]), times(m, columns[1]), times(m, columns[2]), times(m, columns[3]));
}

// In this order too: of sums of pairs drivers make sums of their own.
fn sumOfFour(v: vec4<f32>) -> f32 {
  return ((v.x + v.y) + v.z) + v.w;
}

// e^x for x <= 0, within 2 units of the last place; 0 below e^-87, NaN of NaN. e^x = 2^n e^r with |r| <= ln(2) / 2: ln(2)
// in two parts of which n times the first is exact (Cody and Waite 1980, chapter 6), and the series of e^r.
fn exponential(x: f32) -> f32 {
  let n = round(max(x, -88.0) * 1.44269504);
  let r = (x - n * 0.693359375) + n * 2.12194440e-4;
  var series = 1.0 / 5040.0;
  series = series * r + 1.0 / 720.0;
  series = series * r + 1.0 / 120.0;
  series = series * r + 1.0 / 24.0;
  series = series * r + 1.0 / 6.0;
  series = series * r + 0.5;
  series = series * r + 1.0;
  series = series * r + 1.0;
  return select(series * bitcast<f32>((i32(n) + 127) << 23u), 0.0, x < -87.0);
}
