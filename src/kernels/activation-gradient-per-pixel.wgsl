// Gradient of the layer's output, given for every pixel: [pixels, 4 groups].
@group(0) @binding(2) var<storage, read> outputGradient: array<Activation4>;

fn outputGradientOf(pixel: u32, group: u32) -> vec4<f32> {
  return vec4<f32>(outputGradient[pixel * extents.groups + group]);
}
