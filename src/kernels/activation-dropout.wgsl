// Mask of four channels: 1 / KEEP where the uniform number is below KEEP, else 0. Index counts vec4 of the layer's activations.

@group(0) @binding(DROPOUT_BINDING) var<uniform> state: StepState;
// Hash of the layer's name, and three words of padding.
@group(0) @binding(DROPOUT_BINDING + 1) var<uniform> layer: vec4<u32>;

fn maskOf(index: u32) -> vec4<f32> {
  let words = philox4x32(vec4<u32>(index, state.step, layer.x, 0u), vec2<u32>(state.dropoutSeed, DROPOUT_STREAM));
  let uniform01 = vec4<f32>(words >> vec4<u32>(8u)) / 16777216.0;
  return select(vec4<f32>(0.0), vec4<f32>(1.0 / KEEP), uniform01 < vec4<f32>(KEEP));
}
