// y[pixel, k] = Σ(tap,c) x[source(pixel, tap), c] · w[tap, c, k] for any kernel size, stride and extent, and for input gradients.
// The written pixels are cut into phases whose pixels read the same taps: one for a convolution, one for each remainder of row and
// column by the stride for its input gradient. One thread per 8 pixels of a phase and quad of outputs.

// A phase: pixel (u, v) of its grid is written at (u, v) · outStep + (outTop, outLeft) and reads at (u, v) · inStep + a tap's offset.
struct Phase {
  rows: i32,
  columns: i32,
  outTop: i32,
  outLeft: i32,
  outStep: i32,
  inStep: i32,
  firstTap: i32,
  tapCount: i32,
}

struct Tap {
  rowOffset: i32,
  columnOffset: i32,
  // Which tap's weights.
  weight: i32,
  unused: i32,
}

@group(0) @binding(6) var<storage, read> phases: array<Phase>;
@group(0) @binding(7) var<storage, read> taps: array<Tap>;

// Index of a pixel's first quad and 1 where the pixel is inside, else a pixel inside and 0.
struct Source {
  at: i32,
  factor: f32,
}

fn sourceOf(pixel: i32, phase: Phase, tap: Tap, firstInput: i32) -> Source {
  let row = ((pixel / phase.columns) % phase.rows) * phase.inStep + tap.rowOffset;
  let column = (pixel % phase.columns) * phase.inStep + tap.columnOffset;
  let image = min(pixel / (phase.columns * phase.rows), shape.images - 1);
  let inside = row >= 0 && row < shape.inHeight && column >= 0 && column < shape.inWidth;
  let y = clamp(row, 0, shape.inHeight - 1);
  let x = clamp(column, 0, shape.inWidth - 1);
  return Source(((image * shape.inHeight + y) * shape.inWidth + x) * shape.inQuads + firstInput, f32(inside));
}

fn write(pixel: i32, phase: Phase, k: i32, value: vec4<f32>) {
  let image = pixel / (phase.columns * phase.rows);
  if (image >= shape.images) {
    return;
  }
  let row = ((pixel / phase.columns) % phase.rows) * phase.outStep + phase.outTop;
  let column = (pixel % phase.columns) * phase.outStep + phase.outLeft;
  store(((image * shape.outHeight + row) * shape.outWidth + column) * shape.outQuads + k, value);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let phase = phases[group.z];
  let k = i32(group.y) * QUAD_LANES + i32(lane) % QUAD_LANES;
  let first = 8 * (i32(group.x) * (WORKGROUP / QUAD_LANES) + i32(lane) / QUAD_LANES);
  if (first >= shape.images * phase.rows * phase.columns || k >= shape.outQuads) {
    return;
  }
  let quad = quads[k];
  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  for (var t = 0; t < phase.tapCount; t++) {
    let tap = taps[phase.firstTap + t];
    let s0 = sourceOf(first, phase, tap, quad.firstInput);
    let s1 = sourceOf(first + 1, phase, tap, quad.firstInput);
    let s2 = sourceOf(first + 2, phase, tap, quad.firstInput);
    let s3 = sourceOf(first + 3, phase, tap, quad.firstInput);
    let s4 = sourceOf(first + 4, phase, tap, quad.firstInput);
    let s5 = sourceOf(first + 5, phase, tap, quad.firstInput);
    let s6 = sourceOf(first + 6, phase, tap, quad.firstInput);
    let s7 = sourceOf(first + 7, phase, tap, quad.firstInput);
    var w = quad.weight + tap.weight * 4 * quad.inputCount * quad.weightStride;
    for (var c = 0; c < quad.inputCount; c++) {
      let matrix = weightsAt(w, quad.weightStride);
      sum0 += matrix * (vec4<f32>(input[s0.at + c]) * s0.factor);
      sum1 += matrix * (vec4<f32>(input[s1.at + c]) * s1.factor);
      sum2 += matrix * (vec4<f32>(input[s2.at + c]) * s2.factor);
      sum3 += matrix * (vec4<f32>(input[s3.at + c]) * s3.factor);
      sum4 += matrix * (vec4<f32>(input[s4.at + c]) * s4.factor);
      sum5 += matrix * (vec4<f32>(input[s5.at + c]) * s5.factor);
      sum6 += matrix * (vec4<f32>(input[s6.at + c]) * s6.factor);
      sum7 += matrix * (vec4<f32>(input[s7.at + c]) * s7.factor);
      w += 4 * quad.weightStride;
    }
  }
  write(first, phase, k, sum0);
  write(first + 1, phase, k, sum1);
  write(first + 2, phase, k, sum2);
  write(first + 3, phase, k, sum3);
  write(first + 4, phase, k, sum4);
  write(first + 5, phase, k, sum5);
  write(first + 6, phase, k, sum6);
  write(first + 7, phase, k, sum7);
}
