// y[b,i,j,k] = Σ(ky,kx,c) x[b, i+ky−1, j+kx−1, c] · w[tap(ky,kx), c, k] like conv-window.wgsl, through workgroup memory: 3 x 3,
// stride 1, rows of a multiple of 8 pixels. A workgroup of 8 x 8 threads makes eight strips of 8 pixels by TILE output channels of
// one block; TILE is 64 or 32. Ten pixels of a strip serve three taps, and products join the sums in the order of conv-window.wgsl.

// Output channels of a workgroup: quads of one block.
struct Columns {
  first: i32,
  count: i32,
}

@group(0) @binding(6) var<storage, read> columns: array<Columns>;

const QUADS: u32 = TILE / 4;
// Quads of inputs a pass.
const STEP: u32 = 128 / TILE;
const WINDOW: u32 = 10;
// Inputs of one quad for all strips, and one more: threads that store several quads at once then meet different banks.
const STRIDE: u32 = 8 * WINDOW + 1;
// Weights of one quad of inputs: three taps of four channels.
const ROWS: u32 = 12;

// Inputs [quad][strip][pixel], and weights [quad][kx][input channel][quad of outputs].
var<workgroup> inputs: array<vec4<f32>, STEP * STRIDE>;
var<workgroup> matrices: array<vec4<f32>, STEP * ROWS * QUADS>;

// A strip of 8 pixels: row of the tensor, row of the image, first column.
struct Strip {
  exists: bool,
  row: i32,
  y: i32,
  column: i32,
}

fn stripOf(index: i32) -> Strip {
  let strips = shape.outWidth / 8;
  let row = index / strips;
  return Strip(row < shape.images * shape.outHeight, row, row % shape.outHeight, 8 * (index % strips));
}

fn loadInputs(lane: u32, strip: Strip, ky: i32, quad: OutputQuad, c: i32) {
  let y = strip.y + ky - 1;
  let inside = strip.exists && c < quad.inputCount && y >= 0 && y < shape.inHeight;
  let first = (strip.row + ky - 1) * shape.inWidth;
  let to = (lane % STEP) * STRIDE + ((lane / STEP) % 8) * WINDOW;
  for (var pixel = lane / (8 * STEP); pixel < WINDOW; pixel += 8 / STEP) {
    let x = strip.column + i32(pixel) - 1;
    var value = vec4<f32>();
    if (inside && x >= 0 && x < shape.inWidth) {
      value = vec4<f32>(input[(first + x) * shape.inQuads + quad.firstInput + c]);
    }
    inputs[to + pixel] = value;
  }
}

// The rows (quad, kx, channel) of the weights that start at quad c.
fn loadWeights(lane: u32, quad: OutputQuad, count: i32, ky: i32, c: i32) {
  let k = lane % QUADS;
  for (var row = lane / QUADS; row < STEP * ROWS; row += 64 / QUADS) {
    let kx = i32((row % ROWS) / 4);
    let source = c + i32(row / ROWS);
    let tap = select(3 * ky + kx, 8 - 3 * ky - kx, FLIPPED);
    var value = vec4<f32>();
    if (source < quad.inputCount && i32(k) < count) {
      value = weights[quad.weight + i32(k) + (4 * (tap * quad.inputCount + source) + i32(row % 4)) * quad.weightStride];
    }
    matrices[row * QUADS + k] = value;
  }
}

fn writeStrip(at: i32, low: mat4x4<f32>, high: mat4x4<f32>) {
  store(at, low[0]);
  store(at + shape.outQuads, low[1]);
  store(at + 2 * shape.outQuads, low[2]);
  store(at + 3 * shape.outQuads, low[3]);
  store(at + 4 * shape.outQuads, high[0]);
  store(at + 5 * shape.outQuads, high[1]);
  store(at + 6 * shape.outQuads, high[2]);
  store(at + 7 * shape.outQuads, high[3]);
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let range = columns[group.y];
  let quad = quads[range.first];
  let loaded = stripOf(8 * i32(group.x) + i32((lane / STEP) % 8));
  let c = i32(lane % STEP);
  let k = lane % 8;
  // Pixels 0 to 3 and 4 to 7 of the thread's strip for its first quad of outputs, and for its second.
  var low0 = mat4x4<f32>();
  var high0 = mat4x4<f32>();
  var low1 = mat4x4<f32>();
  var high1 = mat4x4<f32>();
  for (var ky = 0; ky < 3; ky++) {
    for (var start = 0; start < quad.inputCount; start += i32(STEP)) {
      loadInputs(lane, loaded, ky, quad, start + c);
      loadWeights(lane, quad, range.count, ky, start);
      workgroupBarrier();
      for (var entry = 0u; entry < STEP; entry++) {
        // Indices are spelled out here because the compiler proves only so that they are inside, and leaves out their checks.
        let at = entry * STRIDE + (lane / 8) * WINDOW;
        let x0 = inputs[at];
        let x1 = inputs[at + 1];
        let x2 = inputs[at + 2];
        let x3 = inputs[at + 3];
        let x4 = inputs[at + 4];
        let x5 = inputs[at + 5];
        let x6 = inputs[at + 6];
        let x7 = inputs[at + 7];
        let x8 = inputs[at + 8];
        let x9 = inputs[at + 9];
        let a0 = mat4x4<f32>(x0, x1, x2, x3);
        let a1 = mat4x4<f32>(x1, x2, x3, x4);
        let a2 = mat4x4<f32>(x2, x3, x4, x5);
        let b0 = mat4x4<f32>(x4, x5, x6, x7);
        let b1 = mat4x4<f32>(x5, x6, x7, x8);
        let b2 = mat4x4<f32>(x6, x7, x8, x9);
        let w = entry * ROWS * QUADS + k;
        let w0 = mat4x4<f32>(matrices[w], matrices[w + QUADS], matrices[w + 2 * QUADS], matrices[w + 3 * QUADS]);
        let w1 = mat4x4<f32>(matrices[w + 4 * QUADS], matrices[w + 5 * QUADS], matrices[w + 6 * QUADS], matrices[w + 7 * QUADS]);
        let w2 = mat4x4<f32>(matrices[w + 8 * QUADS], matrices[w + 9 * QUADS], matrices[w + 10 * QUADS], matrices[w + 11 * QUADS]);
        low0 += timesFour(w0, a0) + timesFour(w1, a1) + timesFour(w2, a2);
        high0 += timesFour(w0, b0) + timesFour(w1, b1) + timesFour(w2, b2);
        if (TILE == 64) {
          let v = w + 8;
          let v0 = mat4x4<f32>(matrices[v], matrices[v + QUADS], matrices[v + 2 * QUADS], matrices[v + 3 * QUADS]);
          let v1 = mat4x4<f32>(matrices[v + 4 * QUADS], matrices[v + 5 * QUADS], matrices[v + 6 * QUADS], matrices[v + 7 * QUADS]);
          let v2 = mat4x4<f32>(matrices[v + 8 * QUADS], matrices[v + 9 * QUADS], matrices[v + 10 * QUADS], matrices[v + 11 * QUADS]);
          low1 += timesFour(v0, a0) + timesFour(v1, a1) + timesFour(v2, a2);
          high1 += timesFour(v0, b0) + timesFour(v1, b1) + timesFour(v2, b2);
        }
      }
      workgroupBarrier();
    }
  }
  let strip = stripOf(8 * i32(group.x) + i32(lane / 8));
  let to = (strip.row * shape.outWidth + strip.column) * shape.outQuads + range.first + i32(k);
  if (strip.exists && i32(k) < range.count) {
    writeStrip(to, low0, high0);
  }
  if (TILE == 64 && strip.exists && i32(k) + 8 < range.count) {
    writeStrip(to + 8, low1, high1);
  }
}
