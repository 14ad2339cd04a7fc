// Y = Aᵀ M A with M[p] = Σ(c) U[p,c,k] V[p,c] at each of the 16 places p of a tile: one invocation per 4 tiles and 2 quads of outputs.
// The places are taken one after the other, each added to the outputs with its share of Aᵀ M A, so that only 8 sums are live in the
// inner loop and M is never stored.

// Two quads of output channels that sum over the same inputs, or the last one of a block.
struct Pair {
  firstOutput: i32,
  outputCount: i32,
  firstInput: i32,
  inputCount: i32,
  // First vector of U for the first quad, and the steps to the second quad and to the next quad of inputs.
  weight: i32,
  outputStep: i32,
  inputStep: i32,
}

@group(0) @binding(1) var<storage, read> pairs: array<Pair>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> transformed: array<vec4<f32>>;
// Added to the result where HAS_ADDEND; else any buffer.
@group(0) @binding(4) var<storage, read> addend: array<Activation4>;
@group(0) @binding(5) var<storage, read_write> output: array<Activation4>;

// Weights of four input channels for four output channels. An input gradient's inputs are the outputs of U: the same weights, turned.
fn matrixAt(first: i32) -> mat4x4<f32> {
  let matrix = mat4x4<f32>(weights[first], weights[first + 1], weights[first + 2], weights[first + 3]);
  if (FLIPPED) {
    return transpose(matrix);
  }
  return matrix;
}

// Factors of place i of 4 in the first and in the second of two outputs: columns of Aᵀ.
fn factorsOf(i: i32) -> vec2<f32> {
  return vec2<f32>(f32(i < 3), select(select(-1.0, 1.0, i == 1), 0.0, i == 0));
}

// What a sum at one place gives to the four pixels of its tile.
fn shares(sum: vec4<f32>, factors: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(sum * factors.x, sum * factors.y, sum * factors.z, sum * factors.w);
}

fn store(index: i32, value: vec4<f32>) {
  if (HAS_ADDEND) {
    output[index] = Activation4(value + vec4<f32>(addend[index]));
  } else {
    output[index] = Activation4(value);
  }
}

fn storeTile(tile: i32, k: i32, pixels: mat4x4<f32>) {
  if (tile >= shape.tiles) {
    return;
  }
  let at = tileCorner(tile) * shape.outQuads + k;
  let below = at + shape.width * shape.outQuads;
  store(at, pixels[0]);
  store(at + shape.outQuads, pixels[1]);
  store(below, pixels[2]);
  store(below + shape.outQuads, pixels[3]);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  // Neighbours along tiles read the same weights; the pair is plainly the workgroup's where it has only one.
  let pairIndex = i32(group.y) * PAIR_LANES + select(i32(lane) % PAIR_LANES, 0, PAIR_LANES == 1);
  let first = 4 * (i32(group.x) * (WORKGROUP / PAIR_LANES) + i32(lane) / PAIR_LANES);
  if (first >= shape.tiles || pairIndex >= shape.pairs) {
    return;
  }
  let pair = pairs[pairIndex];
  // Tiles beyond the last one repeat it and are not stored.
  let step1 = min(1, shape.tiles - 1 - first) * shape.inQuads;
  let step2 = min(2, shape.tiles - 1 - first) * shape.inQuads;
  let step3 = min(3, shape.tiles - 1 - first) * shape.inQuads;
  var left0 = mat4x4<f32>();
  var left1 = mat4x4<f32>();
  var left2 = mat4x4<f32>();
  var left3 = mat4x4<f32>();
  var right0 = mat4x4<f32>();
  var right1 = mat4x4<f32>();
  var right2 = mat4x4<f32>();
  var right3 = mat4x4<f32>();
  for (var p = 0; p < 16; p++) {
    let place = vec2<i32>(p / 4, p % 4);
    // U of the flipped filter is U with places 0 and 3 exchanged.
    let turned = select(place, 3 - place, vec2<bool>(FLIPPED) & ((place % 3) == vec2<i32>()));
    var w = pair.weight + 4 * (4 * turned.x + turned.y);
    var at = (p * shape.tiles + first) * shape.inQuads + pair.firstInput;
    var a0 = vec4<f32>();
    var a1 = vec4<f32>();
    var a2 = vec4<f32>();
    var a3 = vec4<f32>();
    var b0 = vec4<f32>();
    var b1 = vec4<f32>();
    var b2 = vec4<f32>();
    var b3 = vec4<f32>();
    for (var c = 0; c < pair.inputCount; c++) {
      let v0 = transformed[at];
      let v1 = transformed[at + step1];
      let v2 = transformed[at + step2];
      let v3 = transformed[at + step3];
      let a = matrixAt(w);
      a0 += times(a, v0);
      a1 += times(a, v1);
      a2 += times(a, v2);
      a3 += times(a, v3);
      let b = matrixAt(w + pair.outputStep);
      b0 += times(b, v0);
      b1 += times(b, v1);
      b2 += times(b, v2);
      b3 += times(b, v3);
      at++;
      w += pair.inputStep;
    }
    let rows = factorsOf(place.x);
    let columns = factorsOf(place.y);
    let factors = vec4<f32>(rows.x * columns, rows.y * columns);
    left0 += shares(a0, factors);
    left1 += shares(a1, factors);
    left2 += shares(a2, factors);
    left3 += shares(a3, factors);
    right0 += shares(b0, factors);
    right1 += shares(b1, factors);
    right2 += shares(b2, factors);
    right3 += shares(b3, factors);
  }
  let k = pair.firstOutput;
  storeTile(first, k, left0);
  storeTile(first + 1, k, left1);
  storeTile(first + 2, k, left2);
  storeTile(first + 3, k, left3);
  if (pair.outputCount < 2) {
    return;
  }
  storeTile(first, k + 1, right0);
  storeTile(first + 1, k + 1, right1);
  storeTile(first + 2, k + 1, right2);
  storeTile(first + 3, k + 1, right3);
}
