// Coefficients from the running statistics. One thread per four channels.

@group(0) @binding(3) var<storage, read> runningMean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> runningVariance: array<vec4<f32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < extents.groups) {
    writeCoefficients(id.x, runningMean[id.x], runningVariance[id.x]);
  }
}
