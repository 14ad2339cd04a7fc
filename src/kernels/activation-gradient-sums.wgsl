// Sums of dy and of dy (x - mean) of every channel over one slice of slice pixels.

// [slices][2][groups].
@group(0) @binding(3) var<storage, read_write> partials: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.y * extents.columns + lane % extents.columns;
  // Lanes beyond the last group repeat it, so that barriers stay uniform.
  let group = min(own, extents.groups - 1u);
  let normal = normalOf(group);
  var sum = vec4<f32>(0.0);
  var products = vec4<f32>(0.0);
  for (var i = 0u; i < extents.pixelsPerThread; i++) {
    let pixel = workgroup.x * extents.slice + lane / extents.columns + i * extents.rows;
    if (pixel < extents.pixels && lane < extents.columns * extents.rows) {
      let value = vec4<f32>(x[pixel * extents.groups + group]);
      let dy = gradientOfNormal(pixel, group, value, normal);
      sum += dy;
      products += dy * (value - normal.mean);
    }
  }
  let sums = sumRows(lane, sum, products);
  if (lane < extents.columns && own < extents.groups) {
    partials[workgroup.x * 2u * extents.groups + group] = sums[0];
    partials[(workgroup.x * 2u + 1u) * extents.groups + group] = sums[1];
  }
}
