// dx = scale (dy - mean(dy) - xhat mean(dy xhat)) + residual: Ioffe and Szegedy 2015, section 3, with xhat = (x - mean) / deviation.
// A thread handles PIXELS_PER_THREAD pixels of four channels.

// [2][GROUPS]: scale mean(dy), and scale mean(dy xhat) / deviation.
@group(0) @binding(3) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> result: array<Activation4>;

@compute @workgroup_size(COLUMNS * ROWS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.y * COLUMNS + lane % COLUMNS;
  if (group >= GROUPS) {
    return;
  }
  let normal = normalOf(group);
  let constantTerm = terms[group];
  let linearTerm = terms[GROUPS + group];
  let first = workgroup.x * (ROWS * PIXELS_PER_THREAD) + lane / COLUMNS;
  for (var i = 0u; i < PIXELS_PER_THREAD; i++) {
    let pixel = first + i * ROWS;
    if (PIXELS % (ROWS * PIXELS_PER_THREAD) == 0 || pixel < PIXELS) {
      let index = pixel * GROUPS + group;
      let value = vec4<f32>(x[index]);
      let dy = gradientOfNormal(pixel, group, value, normal);
      let dx = normal.scale * dy - constantTerm - (value - normal.mean) * linearTerm;
      result[index] = Activation4(dx + residualOf(index));
    }
  }
}
