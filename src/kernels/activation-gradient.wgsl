// dx = scale (dy - mean(dy) - xhat mean(dy xhat)) + residual: Ioffe and Szegedy 2015, section 3, with xhat = (x - mean) / deviation.
// A thread handles pixelsPerThread pixels of four channels.

// [2][groups]: scale mean(dy), and scale mean(dy xhat) / deviation.
@group(0) @binding(3) var<storage, read> terms: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> result: array<Activation4>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.y * extents.columns + lane % extents.columns;
  if (group >= extents.groups || lane >= extents.columns * extents.rows) {
    return;
  }
  let normal = normalOf(group);
  let constantTerm = terms[group];
  let linearTerm = terms[extents.groups + group];
  let first = workgroup.x * (extents.rows * extents.pixelsPerThread) + lane / extents.columns;
  for (var i = 0u; i < extents.pixelsPerThread; i++) {
    let pixel = first + i * extents.rows;
    if (pixel < extents.pixels) {
      let index = pixel * extents.groups + group;
      let value = vec4<f32>(x[index]);
      let dy = gradientOfNormal(pixel, group, value, normal);
      let dx = normal.scale * dy - constantTerm - (value - normal.mean) * linearTerm;
      result[index] = Activation4(dx + residualOf(index));
    }
  }
}
