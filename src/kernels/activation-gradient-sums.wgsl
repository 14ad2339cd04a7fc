// Sums of dy and of dy (x - mean) of every channel over one slice of SLICE pixels.

// [slices][2][GROUPS].
@group(0) @binding(3) var<storage, read_write> partials: array<vec4<f32>>;

@compute @workgroup_size(COLUMNS * ROWS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.y * COLUMNS + lane % COLUMNS;
  // Lanes beyond the last group repeat it, so that barriers stay uniform.
  let group = min(own, GROUPS - 1u);
  let normal = normalOf(group);
  var sum = vec4<f32>(0.0);
  var products = vec4<f32>(0.0);
  for (var i = 0u; i < PIXELS_PER_THREAD; i++) {
    let pixel = workgroup.x * SLICE + lane / COLUMNS + i * ROWS;
    if (PIXELS % SLICE == 0 || pixel < PIXELS) {
      let value = vec4<f32>(x[pixel * GROUPS + group]);
      let dy = gradientOfNormal(pixel, group, value, normal);
      sum += dy;
      products += dy * (value - normal.mean);
    }
  }
  let sums = sumRows(lane, sum, products);
  if (lane < COLUMNS && own < GROUPS) {
    partials[workgroup.x * 2u * GROUPS + group] = sums[0];
    partials[(workgroup.x * 2u + 1u) * GROUPS + group] = sums[1];
  }
}
