// Mean and sum of squared deviations of every channel over one slice of slice pixels of x [pixels, 4 groups].
// Sums are shifted by the slice's first pixel: what is squared is of the size of the deviation, however large the mean.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
// [slices][2][groups]: mean less the first of all pixels, so that it keeps all its digits; sum of squared deviations.
@group(0) @binding(1) var<storage, read_write> partials: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.y * extents.columns + lane % extents.columns;
  // Lanes beyond the last group repeat it, so that barriers stay uniform.
  let group = min(own, extents.groups - 1u);
  let first = workgroup.x * extents.slice;
  let shift = vec4<f32>(x[first * extents.groups + group]);
  var sum = vec4<f32>(0.0);
  var squares = vec4<f32>(0.0);
  for (var i = 0u; i < extents.pixelsPerThread; i++) {
    let pixel = first + lane / extents.columns + i * extents.rows;
    if (pixel < extents.pixels && lane < extents.columns * extents.rows) {
      let deviation = vec4<f32>(x[pixel * extents.groups + group]) - shift;
      sum += deviation;
      squares += deviation * deviation;
    }
  }
  let sums = sumRows(lane, sum, squares);
  if (lane < extents.columns && own < extents.groups) {
    let average = sums[0] / f32(min(extents.slice, extents.pixels - first));
    partials[workgroup.x * 2u * extents.groups + group] = (shift - vec4<f32>(x[group])) + average;
    partials[(workgroup.x * 2u + 1u) * extents.groups + group] = max(sums[1] - sums[0] * average, vec4<f32>(0.0));
  }
}
