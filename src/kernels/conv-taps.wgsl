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
  // Loops of their own, not eight copies: SwiftShader takes twenty seconds to compile the copies.
  var at: array<i32, 8>;
  var factor: array<f32, 8>;
  for (var t = 0; t < phase.tapCount; t++) {
    let tap = taps[phase.firstTap + t];
    for (var p = 0; p < 8; p++) {
      let source = sourceOf(first + p, phase, tap, quad.firstInput);
      at[p] = source.at;
      factor[p] = source.factor;
    }
    var w = quad.weight + tap.weight * 4 * quad.inputCount * quad.weightStride;
    for (var c = 0; c < quad.inputCount; c++) {
      let matrix = weightsAt(w, quad.weightStride);
      sum0 += times(matrix, vec4<f32>(input[at[0] + c]) * factor[0]);
      sum1 += times(matrix, vec4<f32>(input[at[1] + c]) * factor[1]);
      sum2 += times(matrix, vec4<f32>(input[at[2] + c]) * factor[2]);
      sum3 += times(matrix, vec4<f32>(input[at[3] + c]) * factor[3]);
      sum4 += times(matrix, vec4<f32>(input[at[4] + c]) * factor[4]);
      sum5 += times(matrix, vec4<f32>(input[at[5] + c]) * factor[5]);
      sum6 += times(matrix, vec4<f32>(input[at[6] + c]) * factor[6]);
      sum7 += times(matrix, vec4<f32>(input[at[7] + c]) * factor[7]);
      w += 4 * quad.weightStride;
    }
  }
  var sums = array<vec4<f32>, 8>(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7);
  for (var p = 0; p < 8; p++) {
    write(first + p, phase, k, sums[p]);
  }
}
