// S of every layer, its share in their mean, and the three weighted terms. The self-weighted mean is sum S^2 / sum S, whose
// weights are held constant: layer k counts S_k / sum S (`weighted_group_loss` of the published code). One workgroup.
struct Layer {
  // Its chunks in `values`.
  first: u32,
  count: u32,
}
@group(0) @binding(0) var<storage, read> table: array<Layer>;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> spread: array<f32>;
// First S of every layer, then the factor of its gradients.
@group(0) @binding(3) var<storage, read_write> layerShares: array<f32>;
@group(0) @binding(4) var<storage, read_write> terms: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  for (var layer = lane; layer < LAYERS; layer += LANES) {
    var value = 0.0;
    for (var k = 0u; k < table[layer].count; k++) { value += values[table[layer].first + k]; }
    layerShares[layer] = value;
  }
  storageBarrier();
  var sum = 0.0;
  var squares = 0.0;
  for (var layer = 0u; layer < LAYERS; layer++) {
    let value = layerShares[layer];
    sum += value;
    squares += value * value;
  }
  storageBarrier();
  let divisor = select(1.0, sum, sum > 0.0);
  for (var layer = lane; layer < LAYERS; layer += LANES) {
    let share = select(1.0 / f32(LAYERS), layerShares[layer] / divisor, WEIGHTED);
    layerShares[layer] = GRADIENT_SCALE * WEIGHT_SPLIT * share;
  }
  if (lane > 0u) { return; }
  var spreadTerms = vec2<f32>(0.0);
  for (var space = 0u; space < SPACES; space++) { spreadTerms += vec2<f32>(spread[2u * space], spread[2u * space + 1u]); }
  let split = select(sum / f32(LAYERS), squares / divisor, WEIGHTED);
  terms[0] = vec4<f32>(spreadTerms.x, WEIGHT_SPLIT * split, spreadTerms.y, 0.0);
}
