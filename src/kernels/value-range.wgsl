// Size of stored activations: one workgroup reads them all. Thresholds are those of half precision: LEAST_NORMAL is its least normal
// number, LEAST what does not round to 0.
@group(0) @binding(0) var<storage, read> values: array<Activation4>;
// [largest, count, count below LEAST_NORMAL, count below LEAST], then [sum of squares, that below LEAST_NORMAL, that below LEAST, 0];
// counts are of values other than 0.
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;

const LEAST_NORMAL = 6.103515625e-5f;
const LEAST = 2.98023223876953125e-8f;

var<workgroup> counts: array<vec4<f32>, LANES>;
var<workgroup> squares: array<vec4<f32>, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var count = vec4<f32>(0.0);
  var square = vec4<f32>(0.0);
  for (var i = lane; i < COUNT; i += LANES) {
    let four = abs(vec4<f32>(values[i]));
    for (var j = 0u; j < 4u; j++) {
      let value = four[j];
      let kinds = vec3<f32>(f32(value > 0.0), f32(value > 0.0 && value < LEAST_NORMAL), f32(value > 0.0 && value < LEAST));
      count = vec4<f32>(max(count.x, value), count.yzw + kinds);
      square += vec4<f32>(value * value * kinds, 0.0);
    }
  }
  counts[lane] = count;
  squares[lane] = square;
  workgroupBarrier();
  if (lane != 0u) {
    return;
  }
  for (var i = 1u; i < LANES; i++) {
    count = vec4<f32>(max(count.x, counts[i].x), count.yzw + counts[i].yzw);
    square += squares[i];
  }
  result[0] = count;
  result[1] = square;
}
