// Gradient of the mean of the layer's output over the PIXELS_PER_IMAGE pixels of an image: [images, 4 GROUPS].
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4<f32>>;

fn outputGradientOf(pixel: u32, group: u32) -> vec4<f32> {
  return outputGradient[pixel / PIXELS_PER_IMAGE * GROUPS + group] / f32(PIXELS_PER_IMAGE);
}
