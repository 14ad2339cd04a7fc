// Gradients of the assignment logits. With p the softmax of the logits over groups,
//   dp[g,i] = sum over the layers' axes in this space of share (direct + 2 p cross) - overlap p[g,i] + uniformity (size[g] - size / groups),
//   dlogits[g,i] = p (dp[g,i] - sum over h of p[h,i] dp[h,i]);
// what the derivatives of T and U have in common for all groups drops out. An invocation for every position of a chunk of a space.
struct Chunk {
  // First of logits [groups][size].
  logits: u32,
  groups: u32,
  size: u32,
  start: u32,
  // First of p [groups][stride].
  shares: u32,
  stride: u32,
  // First of the sizes of the groups.
  sizes: u32,
  // First of the rows of `uses` [groups][perGroup].
  uses: u32,
  perGroup: u32,
  overlap: f32,
  uniformity: f32,
}
// A group of a space on one axis of a layer, merged as the layer needs it.
struct Use {
  layer: u32,
  // First of this group's p, of its direct derivatives, and of the parts of its sums, `tiles` of them, `step` apart.
  shares: u32,
  direct: u32,
  sums: u32,
  tiles: u32,
  step: u32,
}
@group(0) @binding(0) var<storage, read> table: array<Chunk>;
@group(0) @binding(1) var<storage, read> uses: array<Use>;
@group(0) @binding(2) var<storage, read> shares: array<f32>;
@group(0) @binding(3) var<storage, read> spread: array<f32>;
@group(0) @binding(4) var<storage, read> direct: array<f32>;
@group(0) @binding(5) var<storage, read> sums: array<f32>;
@group(0) @binding(6) var<storage, read> layerShares: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let chunk = table[workgroup.x];
  let i = chunk.start + lane;
  if (i >= chunk.size) { return; }
  let balanced = f32(chunk.size) / f32(chunk.groups);
  // Taken relative to the likeliest group's: with p near 1 there, a mean of the slopes themselves would cancel against it.
  var likeliest = 0.0;
  var reference = 0.0;
  for (var g = 0u; g < chunk.groups; g++) {
    let p = shares[chunk.shares + g * chunk.stride + i];
    var slope = chunk.uniformity * (spread[chunk.sizes + g] - balanced) - chunk.overlap * p;
    for (var k = 0u; k < chunk.perGroup; k++) { slope += slopeOfUse(uses[chunk.uses + g * chunk.perGroup + k], i); }
    gradients[chunk.logits + g * chunk.size + i] = slope;
    if (p > likeliest) {
      likeliest = p;
      reference = slope;
    }
  }
  var mean = 0.0;
  for (var g = 0u; g < chunk.groups; g++) {
    mean += shares[chunk.shares + g * chunk.stride + i] * (gradients[chunk.logits + g * chunk.size + i] - reference);
  }
  for (var g = 0u; g < chunk.groups; g++) {
    let at = chunk.logits + g * chunk.size + i;
    gradients[at] = shares[chunk.shares + g * chunk.stride + i] * ((gradients[at] - reference) - mean);
  }
}

fn slopeOfUse(own: Use, i: u32) -> f32 {
  var cross = 0.0;
  for (var t = 0u; t < own.tiles; t++) { cross += sums[own.sums + t * own.step + i]; }
  return layerShares[own.layer] * (direct[own.direct + i] + 2.0 * shares[own.shares + i] * cross);
}
