// mask[i] = 1 / keep where the uniform number of element i is below keep, else 0. One thread per four elements: one Philox block.

fn main(index: i32) {
  if (index >= uniforms.threads) {
    return;
  }
  let counter = vec4<u32>(u32(index), bitcast<u32>(uniforms.step), bitcast<u32>(uniforms.layer), 0u);
  let key = vec2<u32>(bitcast<u32>(uniforms.keyLow), bitcast<u32>(uniforms.keyHigh));
  let words = philox4x32(counter, key);
  let uniform01 = vec4<f32>(words >> vec4<u32>(8u)) / 16777216.0;
  result[index] = select(vec4<f32>(0.0), vec4<f32>(1.0 / uniforms.keep), uniform01 < vec4<f32>(uniforms.keep));
}
