// Norms of what crosses between groups: for every group g and position i of one axis of a layer
//   norm = sqrt((1 - p)^2 mass + EPSILON), mass the sum over the other axis of M q^2 (Kim et al. 2017, equation 4),
//   slope = factor (1 - p)^2 / (2 norm), the derivative by M q^2, and direct = -factor (1 - p) mass / norm, the derivative by p,
// both before the layer's share in the mean. An invocation for every position of a chunk of an axis.
struct Axis {
  // First of the parts of the masses [tiles][groups][stride].
  sums: u32,
  tiles: u32,
  groups: u32,
  stride: u32,
  size: u32,
  start: u32,
  // First of p [groups][stride], and of the slopes and direct derivatives of this axis of this layer.
  shares: u32,
  slopes: u32,
  factor: f32,
}
@group(0) @binding(0) var<storage, read> table: array<Axis>;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> shares: array<f32>;
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;
@group(0) @binding(4) var<storage, read_write> direct: array<f32>;
// The chunk's part of the layer's penalty.
@group(0) @binding(5) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let axis = table[workgroup.x];
  let i = axis.start + lane;
  var norms = 0.0;
  if (i < axis.stride) {
    for (var g = 0u; g < axis.groups; g++) {
      let at = g * axis.stride + i;
      var mass = 0.0;
      for (var t = 0u; t < axis.tiles; t++) { mass += sums[axis.sums + t * axis.groups * axis.stride + at]; }
      let outside = 1.0 - shares[axis.shares + at];
      let norm = sqrt(outside * outside * mass + EPSILON);
      // Padding has no norm, and where the norm is 0 so is everything it is made of.
      let counts = i < axis.size && norm > 0.0;
      let slope = select(0.0, 0.5 * axis.factor / select(1.0, norm, counts), counts);
      slopes[axis.slopes + at] = slope * outside * outside;
      direct[axis.slopes + at] = -2.0 * slope * outside * mass;
      norms += select(0.0, norm, counts);
    }
  }
  let sum = sumOfWorkgroup(lane, norms);
  if (lane == 0u) { values[workgroup.x] = axis.factor * sum; }
}
