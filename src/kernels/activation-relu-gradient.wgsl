// dx = dy where the forward output is positive, else 0. A thread handles VECTORS_PER_THREAD vec4, 256 apart.

@group(0) @binding(0) var<storage, read> output: array<Activation4>;
@group(0) @binding(1) var<storage, read> outputGradient: array<Activation4>;
@group(0) @binding(2) var<storage, read_write> inputGradient: array<Activation4>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var i = 0u; i < VECTORS_PER_THREAD; i++) {
    let index = (workgroup.x * VECTORS_PER_THREAD + i) * 256u + lane;
    if (index < VECTORS) {
      inputGradient[index] = select(Activation4(), outputGradient[index], output[index] > Activation4());
    }
  }
}
