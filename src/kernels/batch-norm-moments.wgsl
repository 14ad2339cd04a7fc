// Mean and sum of squared deviations of every channel over one slice of SLICE pixels of x [PIXELS, 4 GROUPS].
// Sums are shifted by the slice's first pixel: what is squared is of the size of the deviation, however large the mean.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
// [slices][2][GROUPS]: mean less the first of all pixels, so that it keeps all its digits; sum of squared deviations.
@group(0) @binding(1) var<storage, read_write> partials: array<vec4<f32>>;

@compute @workgroup_size(COLUMNS * ROWS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.y * COLUMNS + lane % COLUMNS;
  // Lanes beyond the last group repeat it, so that barriers stay uniform.
  let group = min(own, GROUPS - 1u);
  let first = workgroup.x * SLICE;
  let shift = vec4<f32>(x[first * GROUPS + group]);
  var sum = vec4<f32>(0.0);
  var squares = vec4<f32>(0.0);
  for (var i = 0u; i < PIXELS_PER_THREAD; i++) {
    let pixel = first + lane / COLUMNS + i * ROWS;
    if (PIXELS % SLICE == 0 || pixel < PIXELS) {
      let deviation = vec4<f32>(x[pixel * GROUPS + group]) - shift;
      sum += deviation;
      squares += deviation * deviation;
    }
  }
  let sums = sumRows(lane, sum, squares);
  if (lane < COLUMNS && own < GROUPS) {
    let average = sums[0] / f32(min(u32(SLICE), PIXELS - first));
    partials[workgroup.x * 2u * GROUPS + group] = (shift - vec4<f32>(x[group])) + average;
    partials[(workgroup.x * 2u + 1u) * GROUPS + group] = max(sums[1] - sums[0] * average, vec4<f32>(0.0));
  }
}
