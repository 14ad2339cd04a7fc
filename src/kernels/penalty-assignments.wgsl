// p[g,i] = exp(logits[g,i]) / sum over h of exp(logits[h,i]), merged to supergroups; sizes of groups, overlap T and uniform U of
// what is not merged (Kim et al. 2017, equations 3, 5 and 6). One workgroup for every assignment a layer or a space needs.
struct Assignment {
  // First of logits [groups][size].
  logits: u32,
  groups: u32,
  size: u32,
  // First of the supergroups of the groups, ascending.
  merges: u32,
  // First of p [supergroups][stride]: zero behind `size`.
  shares: u32,
  stride: u32,
  // Where the weighted T and U go, and the sizes of the groups; all of it only if not merged.
  learned: u32,
  terms: u32,
  sizes: u32,
  // Weight and normalisation of T and of U.
  overlap: f32,
  uniformity: f32,
}
@group(0) @binding(0) var<storage, read> parameters: array<f32>;
@group(0) @binding(1) var<storage, read> table: array<Assignment>;
@group(0) @binding(2) var<storage, read> supergroups: array<u32>;
@group(0) @binding(3) var<storage, read_write> shares: array<f32>;
@group(0) @binding(4) var<storage, read_write> squares: array<f32>;
@group(0) @binding(5) var<storage, read_write> spread: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = table[workgroup.x];
  var within = 0.0;
  for (var i = lane; i < own.stride; i += LANES) { within += assign(own, i); }
  if (own.learned == 0u) { return; }
  let overlap = sumOfWorkgroup(lane, within);
  var squaredSizes = 0.0;
  for (var g = 0u; g < own.groups; g++) {
    var part = 0.0;
    for (var i = lane; i < own.size; i += LANES) { part += shares[own.shares + g * own.stride + i]; }
    let members = sumOfWorkgroup(lane, part);
    squaredSizes += members * members;
    if (lane == 0u) { spread[own.sizes + g] = members; }
  }
  if (lane == 0u) {
    spread[own.terms] = own.overlap * overlap;
    spread[own.terms + 1u] = own.uniformity * squaredSizes;
  }
}

// Writes the shares of member i; returns sum over groups of p (1 - p).
fn assign(own: Assignment, i: u32) -> f32 {
  let present = i < own.size;
  var largest = -3.0e38;
  var total = 0.0;
  if (present) {
    for (var g = 0u; g < own.groups; g++) { largest = max(largest, parameters[own.logits + g * own.size + i]); }
    for (var g = 0u; g < own.groups; g++) { total += exponential(parameters[own.logits + g * own.size + i] - largest); }
  }
  var within = 0.0;
  var merged = 0.0;
  for (var g = 0u; g < own.groups; g++) {
    if (present) {
      let p = exponential(parameters[own.logits + g * own.size + i] - largest) / total;
      merged += p;
      within += p * (1.0 - p);
    }
    let supergroup = supergroups[own.merges + g];
    let ends = g + 1u == own.groups || supergroups[own.merges + min(g + 1u, own.groups - 1u)] != supergroup;
    if (ends) {
      let at = own.shares + supergroup * own.stride + i;
      shares[at] = merged;
      squares[at] = merged * merged;
      merged = 0.0;
    }
  }
  return within;
}
