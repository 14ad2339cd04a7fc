// Channels are multiples of four: one vector load each, zero beyond the last channel.

fn loadInput(pixel: i32, c: i32) -> vec4<f32> {
  if (c >= uniforms.inputs) {
    return vec4<f32>(0.0);
  }
  return x[(pixel * uniforms.inputs + c) / 4];
}

fn loadOutputGradient(pixel: i32, k: i32) -> vec4<f32> {
  if (k >= uniforms.outputs) {
    return vec4<f32>(0.0);
  }
  return dy[(pixel * uniforms.outputs + k) / 4];
}
