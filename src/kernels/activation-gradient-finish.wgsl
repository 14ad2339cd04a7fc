// Gradients of beta and gamma from the sums of all slices, and the terms that activation-gradient.wgsl subtracts.

// [slices][2][groups]: sums of dy and of dy (x - mean).
@group(0) @binding(0) var<storage, read> partials: array<vec4<f32>>;
// [4][groups]: mean, 1 / deviation, scale, beta.
@group(0) @binding(1) var<storage, read> coefficients: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> betaGradient: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> gammaGradient: array<vec4<f32>>;
// [2][groups]: scale mean(dy), and scale mean(dy xhat) / deviation.
@group(0) @binding(4) var<storage, read_write> terms: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.x * extents.columns + lane % extents.columns;
  let group = min(own, extents.groups - 1u);
  var sum = vec4<f32>(0.0);
  var products = vec4<f32>(0.0);
  let first = lane / extents.columns * extents.slicesPerThread;
  for (var slice = first; slice < min(first + extents.slicesPerThread, extents.slices); slice++) {
    sum += partials[slice * 2u * extents.groups + group];
    products += partials[(slice * 2u + 1u) * extents.groups + group];
  }
  let sums = sumRows(lane, sum, products);
  if (lane < extents.columns && own < extents.groups) {
    let inverse = coefficients[extents.groups + group];
    let scale = coefficients[2u * extents.groups + group];
    let normalized = sums[1] * inverse;
    betaGradient[group] = sums[0];
    gammaGradient[group] = normalized;
    terms[group] = scale * sums[0] / f32(extents.pixels);
    terms[extents.groups + group] = scale * inverse * normalized / f32(extents.pixels);
  }
}
