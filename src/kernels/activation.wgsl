// out = dropout(relu((x - mean) scale + beta)), x [pixels, 4 groups]. A thread handles pixelsPerThread pixels of four channels.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
// [4][groups]: mean, 1 / deviation, scale, beta.
@group(0) @binding(1) var<storage, read> coefficients: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> result: array<Activation4>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.y * extents.columns + lane % extents.columns;
  if (group >= extents.groups || lane >= extents.columns * extents.rows) {
    return;
  }
  let mean = coefficients[group];
  let scale = coefficients[2u * extents.groups + group];
  let beta = coefficients[3u * extents.groups + group];
  let first = workgroup.x * (extents.rows * extents.pixelsPerThread) + lane / extents.columns;
  for (var i = 0u; i < extents.pixelsPerThread; i++) {
    let pixel = first + i * extents.rows;
    if (pixel < extents.pixels) {
      let index = pixel * extents.groups + group;
      let y = (vec4<f32>(x[index]) - mean) * scale + beta;
      result[index] = Activation4(select(y, max(y, vec4<f32>(0.0)), RELU) * maskOf(index));
    }
  }
}
