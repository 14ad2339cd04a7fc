// Gradient that reaches the layer's input on another way, [pixels, 4 groups].
@group(0) @binding(5) var<storage, read> residual: array<Activation4>;

fn residualOf(index: u32) -> vec4<f32> {
  return vec4<f32>(residual[index]);
}
