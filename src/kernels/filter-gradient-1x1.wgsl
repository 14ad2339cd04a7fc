// dw[c,k] = Σ(b,i,j) x[b, i·s, j·s, c] · dy[b,i,j,k] for a 1 x 1 kernel, as partial sums over slices of the rows (b,i).
// One thread per slice and cell. A dense layer is the same with images of one pixel.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let index = i32(id.x) + WORKGROUP * shape.firstGroup;
  if (index >= shape.cells) {
    return;
  }
  let slice = i32(id.y) + shape.firstSlice;
  let cell = cells[index];
  let second = cell.outputQuads - 1;
  var low = mat4x4<f32>();
  var high = mat4x4<f32>();
  let firstRow = slice * shape.rowsPerSlice;
  let endRow = min(firstRow + shape.rowsPerSlice, shape.images * shape.outHeight);
  for (var row = firstRow; row < endRow; row++) {
    let image = row / shape.outHeight;
    let y = (row - image * shape.outHeight) * STRIDE;
    var source = (image * shape.inHeight + y) * shape.inWidth * shape.inQuads + cell.inputQuad;
    var at = row * shape.outWidth * shape.outQuads + cell.outputQuad;
    for (var column = 0; column < shape.outWidth; column++) {
      let x = vec4<f32>(input[source]);
      low += outer(x, vec4<f32>(gradient[at]));
      high += outer(x, vec4<f32>(gradient[at + second]));
      source += STRIDE * shape.inQuads;
      at += shape.outQuads;
    }
  }
  storeTap(cell, slice, 0, low, high);
}
