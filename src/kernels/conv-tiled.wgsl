// y[pixel, k] = Σ(tap,c) x[source(pixel, tap), c] · w[tap, c, k] like conv-taps.wgsl, as a matrix product through workgroup memory.
// A workgroup of 8 x 8 threads makes TILE pixels of a phase by TILE output channels of one block; TILE is 64 or 32. The sum runs
// over entries (tap, quad of inputs), STEP of them a pass, one after the other as in conv-taps.wgsl: the same sums to the last bit.

// Output channels of a workgroup: quads of one block.
struct Columns {
  first: i32,
  count: i32,
}

@group(0) @binding(8) var<storage, read> columns: array<Columns>;

const QUADS: u32 = TILE / 4;
const STEP: u32 = 256 / TILE;
// Pixels of one entry, and two more: threads that store several entries at once then meet different banks.
const STRIDE: u32 = TILE + 2;

// Inputs [entry][pixel], and weights [entry][input channel][quad of outputs].
var<workgroup> inputs: array<vec4<f32>, STEP * STRIDE>;
var<workgroup> matrices: array<vec4<f32>, STEP * 4 * QUADS>;

// Where four pixels read: index of the block's first quad without a tap's offset, row, column; a row far outside for no pixel.
struct Places {
  at: vec4<i32>,
  row: vec4<i32>,
  column: vec4<i32>,
}

fn placesOf(first: i32, phase: Phase, firstInput: i32) -> Places {
  let pixel = first + vec4<i32>(0, 1, 2, 3) * i32(QUADS);
  let image = pixel / (phase.columns * phase.rows);
  let row = ((pixel / phase.columns) % phase.rows) * phase.inStep;
  let column = (pixel % phase.columns) * phase.inStep;
  let at = ((image * shape.inHeight + row) * shape.inWidth + column) * shape.inQuads + firstInput;
  return Places(at, select(vec4<i32>(-65536), row, image < vec4<i32>(shape.images)), column);
}

// The entry `by` behind (tap, quad) among taps of `count` quads each.
fn advance(entry: vec2<i32>, by: u32, count: i32) -> vec2<i32> {
  var next = entry + vec2<i32>(0, i32(by));
  while (next.y >= count) {
    next += vec2<i32>(1, -count);
  }
  return next;
}

fn inputAt(at: i32, inside: bool) -> vec4<f32> {
  if (inside) {
    return vec4<f32>(input[at]);
  }
  return vec4<f32>();
}

fn loadInputs(lane: u32, places: Places, entry: vec2<i32>, phase: Phase) {
  let tap = taps[phase.firstTap + min(entry.x, phase.tapCount - 1)];
  let row = places.row + tap.rowOffset;
  let column = places.column + tap.columnOffset;
  let inside = (row >= vec4<i32>()) & (row < vec4<i32>(shape.inHeight)) & (column >= vec4<i32>()) &
    (column < vec4<i32>(shape.inWidth)) & vec4<bool>(entry.x < phase.tapCount);
  let at = places.at + (tap.rowOffset * shape.inWidth + tap.columnOffset) * shape.inQuads + entry.y;
  let to = (lane % STEP) * STRIDE + lane / STEP;
  inputs[to] = inputAt(at.x, inside.x);
  inputs[to + QUADS] = inputAt(at.y, inside.y);
  inputs[to + 2 * QUADS] = inputAt(at.z, inside.z);
  inputs[to + 3 * QUADS] = inputAt(at.w, inside.w);
}

fn loadWeights(lane: u32, quad: OutputQuad, count: i32, entry: vec2<i32>, phase: Phase) {
  var matrix = mat4x4<f32>();
  let k = lane % QUADS;
  if (entry.x < phase.tapCount && i32(k) < count) {
    let tap = taps[phase.firstTap + entry.x].weight;
    let first = (tap * quad.inputCount + entry.y) * 4 * quad.weightStride;
    matrix = weightsAt(quad.weight + first + i32(k), quad.weightStride);
  }
  let to = (lane / QUADS) * 4 * QUADS + k;
  matrices[to] = matrix[0];
  matrices[to + QUADS] = matrix[1];
  matrices[to + 2 * QUADS] = matrix[2];
  matrices[to + 3 * QUADS] = matrix[3];
}

fn writeFour(pixel: i32, phase: Phase, k: i32, values: mat4x4<f32>) {
  write(pixel, phase, k, values[0]);
  write(pixel + 8, phase, k, values[1]);
  write(pixel + 16, phase, k, values[2]);
  write(pixel + 24, phase, k, values[3]);
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let phase = phases[group.z];
  let first = i32(group.x) * TILE;
  if (first >= shape.images * phase.rows * phase.columns) {
    return;
  }
  let range = columns[group.y];
  let quad = quads[range.first];
  let places = placesOf(first + i32(lane / STEP), phase, quad.firstInput);
  var source = advance(vec2<i32>(), lane % STEP, quad.inputCount);
  var weightSource = advance(vec2<i32>(), lane / QUADS, quad.inputCount);
  let steps = (phase.tapCount * quad.inputCount + i32(STEP) - 1) / i32(STEP);
  // Column p of sum00 is pixel 8 p of the thread's first eight rows of pixels, for its first quad of outputs.
  var sum00 = mat4x4<f32>();
  var sum01 = mat4x4<f32>();
  var sum10 = mat4x4<f32>();
  var sum11 = mat4x4<f32>();
  let row = lane / 8;
  let k = lane % 8;
  for (var step = 0; step < steps; step++) {
    loadInputs(lane, places, source, phase);
    loadWeights(lane, quad, range.count, weightSource, phase);
    source = advance(source, STEP, quad.inputCount);
    weightSource = advance(weightSource, STEP, quad.inputCount);
    workgroupBarrier();
    for (var entry = 0u; entry < STEP; entry++) {
      // Indices are spelled out here because the compiler proves only so that they are inside, and leaves out their checks.
      // Pixels 8 apart: threads side by side read side by side.
      let x = entry * STRIDE + row;
      let w = entry * 4 * QUADS + k;
      let x0 = mat4x4<f32>(inputs[x], inputs[x + 8], inputs[x + 16], inputs[x + 24]);
      let w0 = mat4x4<f32>(matrices[w], matrices[w + QUADS], matrices[w + 2 * QUADS], matrices[w + 3 * QUADS]);
      sum00 += timesFour(w0, x0);
      if (TILE == 64) {
        let x1 = mat4x4<f32>(inputs[x + 32], inputs[x + 40], inputs[x + 48], inputs[x + 56]);
        let v = w + 8;
        let w1 = mat4x4<f32>(matrices[v], matrices[v + QUADS], matrices[v + 2 * QUADS], matrices[v + 3 * QUADS]);
        sum01 += timesFour(w0, x1);
        sum10 += timesFour(w1, x0);
        sum11 += timesFour(w1, x1);
      }
    }
    workgroupBarrier();
  }
  let pixel = first + i32(row);
  if (i32(k) < range.count) {
    writeFour(pixel, phase, range.first + i32(k), sum00);
    if (TILE == 64) {
      writeFour(pixel + 32, phase, range.first + i32(k), sum01);
    }
  }
  if (TILE == 64 && i32(k) + 8 < range.count) {
    writeFour(pixel, phase, range.first + i32(k) + 8, sum10);
    writeFour(pixel + 32, phase, range.first + i32(k) + 8, sum11);
  }
}
