// features[n, c] = dropout(Σp activated(x[n, p, c]) / PIXELS), four channels a thread. A workgroup handles COLUMNS groups of channels of
// one image in SLICES interleaved slices of its pixels. `activated` comes from pool-normalised.wgsl or pool-activated.wgsl.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
@group(0) @binding(1) var<storage, read_write> features: array<vec4<f32>>;

var<workgroup> sums: array<vec4<f32>, COLUMNS * SLICES>;

@compute @workgroup_size(COLUMNS * SLICES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.x * COLUMNS + lane % COLUMNS;
  var sum = vec4<f32>(0.0);
  if (group < GROUPS) {
    for (var pixel = lane / COLUMNS; pixel < PIXELS; pixel += SLICES) {
      sum += activated(vec4<f32>(x[(workgroup.y * PIXELS + pixel) * GROUPS + group]), group);
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane >= COLUMNS || group >= GROUPS) {
    return;
  }
  for (var slice = 1u; slice < SLICES; slice++) {
    sum += sums[slice * COLUMNS + lane];
  }
  let index = workgroup.y * GROUPS + group;
  features[index] = sum / f32(PIXELS) * maskOf(index);
}
