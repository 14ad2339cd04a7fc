// sum = left + right, or max(left + right, 0) where RELU. A thread handles VECTORS_PER_THREAD vec4, 256 apart.

@group(0) @binding(0) var<storage, read> left: array<Activation4>;
@group(0) @binding(1) var<storage, read> right: array<Activation4>;
@group(0) @binding(2) var<storage, read_write> result: array<Activation4>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var i = 0u; i < VECTORS_PER_THREAD; i++) {
    let index = (workgroup.x * VECTORS_PER_THREAD + i) * 256u + lane;
    if (index < VECTORS) {
      let sum = vec4<f32>(left[index]) + vec4<f32>(right[index]);
      result[index] = Activation4(select(sum, max(sum, vec4<f32>(0.0)), RELU));
    }
  }
}
