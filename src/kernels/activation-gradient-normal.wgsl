// Gradient of y = (x - mean) scale + beta from that of dropout(relu(y)); mask and y are computed anew, because that costs less than storing them.

@group(0) @binding(0) var<storage, read> x: array<Activation4>;
// [4][groups]: mean, 1 / deviation, scale, beta.
@group(0) @binding(1) var<storage, read> coefficients: array<vec4<f32>>;

struct Normal {
  mean: vec4<f32>,
  scale: vec4<f32>,
  beta: vec4<f32>,
}

fn normalOf(group: u32) -> Normal {
  return Normal(coefficients[group], coefficients[2u * extents.groups + group], coefficients[3u * extents.groups + group]);
}

fn gradientOfNormal(pixel: u32, group: u32, value: vec4<f32>, normal: Normal) -> vec4<f32> {
  let y = (value - normal.mean) * normal.scale + normal.beta;
  let dy = outputGradientOf(pixel, group) * maskOf(pixel * extents.groups + group);
  return select(vec4<f32>(0.0), dy, vec4<bool>(!RELU) | (y > vec4<f32>(0.0)));
}
