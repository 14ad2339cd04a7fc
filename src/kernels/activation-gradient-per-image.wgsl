// Gradient of the mean of the layer's output over the pixelsPerImage pixels of an image: [images, 4 groups].
@group(0) @binding(2) var<storage, read> outputGradient: array<vec4<f32>>;

fn outputGradientOf(pixel: u32, group: u32) -> vec4<f32> {
  return outputGradient[pixel / extents.pixelsPerImage * extents.groups + group] / f32(extents.pixelsPerImage);
}
