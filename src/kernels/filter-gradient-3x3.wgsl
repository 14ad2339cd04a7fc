// dw[ky,kx,c,k] = Σ(b,i,j) x[b, i·s+ky−p, j·s+kx−p, c] · dy[b,i,j,k] for a 3 x 3 kernel, as partial sums over slices of the rows (b,i).
// One thread per slice, ky and cell: along a row every x is loaded once for the three kx.

fn inputAt(row: i32, column: i32) -> vec4<f32> {
  let inside = column >= 0 && column < shape.inWidth;
  return vec4<f32>(input[row + clamp(column, 0, shape.inWidth - 1) * shape.inQuads]) * f32(inside);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = i32(id.x) + WORKGROUP * shape.firstGroup;
  if (index >= 3 * shape.cells) {
    return;
  }
  let slice = i32(id.y) + shape.firstSlice;
  let cell = cells[index % shape.cells];
  let ky = index / shape.cells;
  // The second quad of a cell that has one only is the first again: read, summed, not stored.
  let second = cell.outputQuads - 1;
  var low0 = mat4x4<f32>();
  var low1 = mat4x4<f32>();
  var low2 = mat4x4<f32>();
  var high0 = mat4x4<f32>();
  var high1 = mat4x4<f32>();
  var high2 = mat4x4<f32>();
  let firstRow = slice * shape.rowsPerSlice;
  let endRow = min(firstRow + shape.rowsPerSlice, shape.images * shape.outHeight);
  for (var row = firstRow; row < endRow; row++) {
    let image = row / shape.outHeight;
    let y = (row - image * shape.outHeight) * STRIDE + ky - shape.padTop;
    if (y >= 0 && y < shape.inHeight) {
      let source = (image * shape.inHeight + y) * shape.inWidth * shape.inQuads + cell.inputQuad;
      var at = row * shape.outWidth * shape.outQuads + cell.outputQuad;
      var x1 = inputAt(source, -shape.padLeft);
      var x2 = inputAt(source, 1 - shape.padLeft);
      var x0 = x1;
      if (STRIDE == 2) {
        x2 = x1;
      }
      for (var column = 0; column < shape.outWidth; column++) {
        let next = column * STRIDE - shape.padLeft;
        if (STRIDE == 1) {
          x0 = x1;
          x1 = x2;
        } else {
          x0 = x2;
          x1 = inputAt(source, next + 1);
        }
        x2 = inputAt(source, next + 2);
        let dy0 = vec4<f32>(gradient[at]);
        let dy1 = vec4<f32>(gradient[at + second]);
        low0 += outer(x0, dy0);
        low1 += outer(x1, dy0);
        low2 += outer(x2, dy0);
        high0 += outer(x0, dy1);
        high1 += outer(x1, dy1);
        high2 += outer(x2, dy1);
        at += shape.outQuads;
      }
    }
  }
  storeTap(cell, slice, 3 * ky, low0, high0);
  storeTap(cell, slice, 3 * ky + 1, low1, high1);
  storeTap(cell, slice, 3 * ky + 2, low2, high2);
}
