// Any number of channels (uneven groups are the rule): four guarded loads, zero beyond the last channel.

fn loadInput(pixel: i32, c: i32) -> vec4<f32> {
  var value = vec4<f32>(0.0);
  for (var i = 0; i < 4 && c + i < uniforms.inputs; i++) {
    value[i] = x[pixel * uniforms.inputs + c + i];
  }
  return value;
}

fn loadOutputGradient(pixel: i32, k: i32) -> vec4<f32> {
  var value = vec4<f32>(0.0);
  for (var i = 0; i < 4 && k + i < uniforms.outputs; i++) {
    value[i] = dy[pixel * uniforms.outputs + k + i];
  }
  return value;
}
