// dw[ky,kx,c,k] = Σ(b,i,j) x[b, i·s+ky−p, j·s+kx−p, c] · dy[b,i,j,k], as partial sums over slices of the pixels (b,i,j).
// One thread per slice, tap and 8 x 8 block of (c, k): 64 products for four vector loads.

fn main(index: i32) {
  if (index >= uniforms.threads) {
    return;
  }
  let k = 8 * (index % uniforms.blocksOut);
  let c = 8 * ((index / uniforms.blocksOut) % uniforms.blocksIn);
  let tap = (index / (uniforms.blocksOut * uniforms.blocksIn)) % uniforms.taps;
  let slice = index / (uniforms.blocksOut * uniforms.blocksIn * uniforms.taps);
  let shiftY = tap / uniforms.kernelWidth - uniforms.padTop;
  let shiftX = tap % uniforms.kernelWidth - uniforms.padLeft;

  let first = slice * uniforms.slicePixels;
  let end = min(first + uniforms.slicePixels, uniforms.pixels);
  var column = first % uniforms.outWidth;
  var row = (first / uniforms.outWidth) % uniforms.outHeight;
  var image = first / (uniforms.outWidth * uniforms.outHeight);

  var low: array<vec4<f32>, 8>;
  var high: array<vec4<f32>, 8>;
  for (var pixel = first; pixel < end; pixel++) {
    let y = row * uniforms.stride + shiftY;
    let x = column * uniforms.stride + shiftX;
    if (y >= 0 && y < uniforms.inHeight && x >= 0 && x < uniforms.inWidth) {
      let source = (image * uniforms.inHeight + y) * uniforms.inWidth + x;
      let x0 = loadInput(source, c);
      let x1 = loadInput(source, c + 4);
      let dy0 = loadOutputGradient(pixel, k);
      let dy1 = loadOutputGradient(pixel, k + 4);
      for (var i = 0; i < 4; i++) {
        low[i] += x0[i] * dy0;
        high[i] += x0[i] * dy1;
        low[i + 4] += x1[i] * dy0;
        high[i + 4] += x1[i] * dy1;
      }
    }
    column++;
    if (column == uniforms.outWidth) {
      column = 0;
      row++;
      if (row == uniforms.outHeight) {
        row = 0;
        image++;
      }
    }
  }

  for (var i = 0; i < 8 && c + i < uniforms.inputs; i++) {
    let start = ((slice * uniforms.taps + tap) * uniforms.inputs + c + i) * uniforms.outputs;
    for (var j = 0; j < 8 && k + j < uniforms.outputs; j++) {
      result[start + k + j] = select(high[i][j & 3], low[i][j & 3], j < 4);
    }
  }
}
