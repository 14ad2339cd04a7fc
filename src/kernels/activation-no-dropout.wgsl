// Mask of a layer that drops nothing.
fn maskOf(index: u32) -> vec4<f32> {
  return vec4<f32>(1.0);
}
