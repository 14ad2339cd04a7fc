// What normalisation becomes once the moments are known: y = (x - mean) scale + beta. Written as x times scale plus a shift
// it would round by the size of the mean, and a ReLU behind it would open and close by chance where y is near zero.

@group(0) @binding(0) var<storage, read> gamma: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> beta: array<vec4<f32>>;
// [4][groups]: mean, 1 / deviation, scale, beta.
@group(0) @binding(2) var<storage, read_write> coefficients: array<vec4<f32>>;

fn writeCoefficients(group: u32, mean: vec4<f32>, variance: vec4<f32>) {
  let inverse = 1.0 / sqrt(variance + vec4<f32>(EPSILON));
  let scale = gamma[group] * inverse;
  coefficients[group] = mean;
  coefficients[extents.groups + group] = inverse;
  coefficients[2u * extents.groups + group] = scale;
  coefficients[3u * extents.groups + group] = beta[group];
}
