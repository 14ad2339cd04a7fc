// result = logits + bias, [COUNT / GROUPS, 4 GROUPS], four columns a thread.

@group(0) @binding(0) var<storage, read> logits: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= COUNT) {
    return;
  }
  result[id.x] = logits[id.x] + bias[id.x % GROUPS];
}
