// out = dropout(relu((x - mean) scale + beta)), x [PIXELS, 4 GROUPS]. A thread handles PIXELS_PER_THREAD pixels of four channels.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
// [4][GROUPS]: mean, 1 / deviation, scale, beta.
@group(0) @binding(1) var<storage, read> coefficients: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> result: array<Activation4>;

@compute @workgroup_size(COLUMNS * ROWS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.y * COLUMNS + lane % COLUMNS;
  if (group >= GROUPS) {
    return;
  }
  let mean = coefficients[group];
  let scale = coefficients[2u * GROUPS + group];
  let beta = coefficients[3u * GROUPS + group];
  let first = workgroup.x * (ROWS * PIXELS_PER_THREAD) + lane / COLUMNS;
  for (var i = 0u; i < PIXELS_PER_THREAD; i++) {
    let pixel = first + i * ROWS;
    if (PIXELS % (ROWS * PIXELS_PER_THREAD) == 0 || pixel < PIXELS) {
      let index = pixel * GROUPS + group;
      let y = (vec4<f32>(x[index]) - mean) * scale + beta;
      result[index] = Activation4(select(y, max(y, vec4<f32>(0.0)), RELU) * maskOf(index));
    }
  }
}
