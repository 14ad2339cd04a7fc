// A row of the metrics ring: [cross-entropy, l2, overlap, weight split, uniform, accuracy, 0, 0], l2 from the parts of the squared
// norm. One workgroup. Joined behind step-state.wgsl and sum-workgroup.wgsl.
@group(0) @binding(0) var<uniform> state: StepState;
@group(0) @binding(1) var<storage, read> squaredNorms: array<f32>;
// Cross-entropy, accuracy.
@group(0) @binding(2) var<storage, read> loss: array<vec4<f32>>;
// Overlap, weight split, uniform; bound to anything without PENALISED.
@group(0) @binding(3) var<storage, read> penalties: array<vec4<f32>>;
// Two vectors a row.
@group(0) @binding(4) var<storage, read_write> ring: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var part = 0.0;
  for (var i = lane; i < NORMS; i += LANES) { part += squaredNorms[i]; }
  let l2 = HALF_DECAY * sumOfWorkgroup(lane, part);
  if (lane > 0u) { return; }
  let terms = select(vec4<f32>(0.0), penalties[0], PENALISED);
  ring[2u * state.metricsRow] = vec4<f32>(loss[0].x, l2, terms.x, terms.y);
  ring[2u * state.metricsRow + 1u] = vec4<f32>(terms.z, loss[0].y, 0.0, 0.0);
}
