// gradients[i] = SCALE * sum over slices, in their order, of partial[slice, i]. A workgroup for every chunk of a segment, a vector
// an invocation.
struct Chunk {
  // First vectors, and vectors from a slice to the next.
  partial: u32,
  step: u32,
  slices: u32,
  gradient: u32,
  count: u32,
}
@group(0) @binding(0) var<storage, read> table: array<Chunk>;
@group(0) @binding(1) var<storage, read> partial: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let chunk = table[workgroup.x];
  if (lane >= chunk.count) { return; }
  var at = chunk.partial + lane;
  var sum = vec4<f32>(0.0);
  var slice = 0u;
  // Four loads in flight; additions stay in the order of the slices.
  for (; slice + 4u <= chunk.slices; slice += 4u) {
    let first = partial[at];
    let second = partial[at + chunk.step];
    let third = partial[at + 2u * chunk.step];
    let fourth = partial[at + 3u * chunk.step];
    sum = (((sum + first) + second) + third) + fourth;
    at += 4u * chunk.step;
  }
  for (; slice < chunk.slices; slice++) {
    sum += partial[at];
    at += chunk.step;
  }
  gradients[chunk.gradient + lane] = SCALE * sum;
}
