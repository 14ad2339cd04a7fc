// y[b,i,j,k] = Σ(ky,kx,c) x[b, i+ky−1, j+kx−1, c] · w[tap(ky,kx), c, k]: 3 x 3, stride 1, rows of a multiple of 8 pixels.
// One thread per 8 pixels of a row and quad of outputs: ten loads of x serve three taps. Needs no workgroup memory, so
// it suits adapters without caches of their own; FLIPPED reads the taps backwards, which makes it the input gradient.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let k = i32(group.y) * QUAD_LANES + i32(lane) % QUAD_LANES;
  let strip = i32(group.x) * (WORKGROUP / QUAD_LANES) + i32(lane) / QUAD_LANES;
  let strips = shape.outWidth / 8;
  if (strip >= shape.images * shape.outHeight * strips || k >= shape.outQuads) {
    return;
  }
  let column = 8 * (strip % strips);
  let row = strip / strips;
  let y = row % shape.outHeight;
  let quad = quads[k];
  // Beyond the edges a pixel inside is read and multiplied by zero.
  let leftFactor = f32(column > 0);
  let rightFactor = f32(column + 8 < shape.outWidth);
  let leftStep = select(0, -shape.inQuads, column > 0);
  let rightStep = select(7, 8, column + 8 < shape.outWidth) * shape.inQuads;
  let tapStride = 4 * quad.inputCount * quad.weightStride;

  var sum0 = vec4<f32>();
  var sum1 = vec4<f32>();
  var sum2 = vec4<f32>();
  var sum3 = vec4<f32>();
  var sum4 = vec4<f32>();
  var sum5 = vec4<f32>();
  var sum6 = vec4<f32>();
  var sum7 = vec4<f32>();
  let firstTapRow = max(0, 1 - y);
  let endTapRow = min(3, shape.inHeight + 1 - y);
  for (var ky = firstTapRow; ky < endTapRow; ky++) {
    var at = ((row + ky - 1) * shape.inWidth + column) * shape.inQuads + quad.firstInput;
    let tap = select(3 * ky, 8 - 3 * ky, FLIPPED);
    let tapStep = select(tapStride, -tapStride, FLIPPED);
    var w = quad.weight + tap * tapStride;
    for (var c = 0; c < quad.inputCount; c++) {
      let left = vec4<f32>(input[at + leftStep]) * leftFactor;
      let x0 = vec4<f32>(input[at]);
      let x1 = vec4<f32>(input[at + shape.inQuads]);
      let x2 = vec4<f32>(input[at + 2 * shape.inQuads]);
      let x3 = vec4<f32>(input[at + 3 * shape.inQuads]);
      let x4 = vec4<f32>(input[at + 4 * shape.inQuads]);
      let x5 = vec4<f32>(input[at + 5 * shape.inQuads]);
      let x6 = vec4<f32>(input[at + 6 * shape.inQuads]);
      let x7 = vec4<f32>(input[at + 7 * shape.inQuads]);
      let right = vec4<f32>(input[at + rightStep]) * rightFactor;
      // Twelve products are added before they join the sum: a third of the roundings.
      let w0 = weightsAt(w, quad.weightStride);
      let w1 = weightsAt(w + tapStep, quad.weightStride);
      let w2 = weightsAt(w + 2 * tapStep, quad.weightStride);
      sum0 += times(w0, left) + times(w1, x0) + times(w2, x1);
      sum1 += times(w0, x0) + times(w1, x1) + times(w2, x2);
      sum2 += times(w0, x1) + times(w1, x2) + times(w2, x3);
      sum3 += times(w0, x2) + times(w1, x3) + times(w2, x4);
      sum4 += times(w0, x3) + times(w1, x4) + times(w2, x5);
      sum5 += times(w0, x4) + times(w1, x5) + times(w2, x6);
      sum6 += times(w0, x5) + times(w1, x6) + times(w2, x7);
      sum7 += times(w0, x6) + times(w1, x7) + times(w2, right);
      at++;
      w += 4 * quad.weightStride;
    }
  }

  let first = (row * shape.outWidth + column) * shape.outQuads + k;
  store(first, sum0);
  store(first + shape.outQuads, sum1);
  store(first + 2 * shape.outQuads, sum2);
  store(first + 3 * shape.outQuads, sum3);
  store(first + 4 * shape.outQuads, sum4);
  store(first + 5 * shape.outQuads, sum5);
  store(first + 6 * shape.outQuads, sum6);
  store(first + 7 * shape.outQuads, sum7);
}
