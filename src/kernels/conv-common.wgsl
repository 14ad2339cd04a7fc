// What the convolution kernels share. Channels are counted in vectors of four ("quads").
struct ConvShape {
  images: i32,
  // Extents of the tensor that is read and of the one that is written.
  inHeight: i32,
  inWidth: i32,
  outHeight: i32,
  outWidth: i32,
  inQuads: i32,
  outQuads: i32,
}

// What one quad of output channels sums over: a block of a grouped layer, or the whole layer.
struct OutputQuad {
  firstInput: i32,
  inputCount: i32,
  // Quad of the weights for tap 0 and the block's first input channel.
  weight: i32,
  // Quads between the weights of one input channel and of the next.
  weightStride: i32,
}

@group(0) @binding(0) var<uniform> shape: ConvShape;
@group(0) @binding(1) var<storage, read> quads: array<OutputQuad>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> input: array<Activation4>;
// Added to the result where HAS_ADDEND; else any buffer.
@group(0) @binding(4) var<storage, read> addend: array<Activation4>;
@group(0) @binding(5) var<storage, read_write> output: array<Activation4>;

// Weights of four input channels for four output channels: times a quad of inputs it gives their share of a quad of outputs.
fn weightsAt(first: i32, stride: i32) -> mat4x4<f32> {
  return mat4x4<f32>(weights[first], weights[first + stride], weights[first + 2 * stride], weights[first + 3 * stride]);
}

fn store(index: i32, value: vec4<f32>) {
  if (HAS_ADDEND) {
    output[index] = Activation4(value + vec4<f32>(addend[index]));
  } else {
    output[index] = Activation4(value);
  }
}
