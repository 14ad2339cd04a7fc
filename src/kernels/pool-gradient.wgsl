// Gradient of the features before their dropout: gradient times mask, four channels a thread.

@group(0) @binding(0) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= COUNT) {
    return;
  }
  result[id.x] = gradient[id.x] * maskOf(id.x);
}
