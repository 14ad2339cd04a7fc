// [4][GROUPS]: mean, 1 / deviation, scale, beta.
@group(0) @binding(2) var<storage, read> coefficients: array<vec4<f32>>;

// What the pool averages: relu((x - mean) scale + beta).
fn activated(stored: vec4<f32>, group: u32) -> vec4<f32> {
  let deviation = stored - coefficients[group];
  return max(deviation * coefficients[2u * GROUPS + group] + coefficients[3u * GROUPS + group], vec4<f32>(0.0));
}
