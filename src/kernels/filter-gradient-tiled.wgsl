// dw[ky,kx,c,k] = Σ(b,i,j) x[b, i·s+ky−p, j·s+kx−p, c] · dy[b,i,j,k] as partial sums over slices of the rows (b,i), through workgroup
// memory. A workgroup of 8 x 8 threads makes one tap and slice of TILE input by TILE output channels of a block; TILE is 64 or 32.
// Pixels are added one after the other, as in filter-gradient-1x1.wgsl and filter-gradient-3x3.wgsl: the same sums to the last bit.

const QUADS: u32 = TILE / 4;
// Pixels a pass: with QUADS quads each they fill 256 vectors.
const PIXELS: u32 = 256 / QUADS;

// [pixel][quad]
var<workgroup> inputs: array<vec4<f32>, 256>;
var<workgroup> gradients: array<vec4<f32>, 256>;

// Loads the thread's quad of four pixels of a pass.
fn load(lane: u32, first: i32, end: i32, tapRow: i32, tapColumn: i32, cell: Cell) {
  let quad = i32(lane % QUADS);
  for (var at = lane; at < 256; at += 64) {
    let pixel = first + i32(at / QUADS);
    let row = pixel / OUT_WIDTH;
    let x = (pixel % OUT_WIDTH) * STRIDE + tapColumn;
    let y = (row % OUT_HEIGHT) * STRIDE + tapRow;
    let image = row / OUT_HEIGHT;
    var value = vec4<f32>();
    if (pixel < end && quad < cell.inputQuads && x >= 0 && x < shape.inWidth && y >= 0 && y < shape.inHeight) {
      value = vec4<f32>(input[((image * shape.inHeight + y) * shape.inWidth + x) * shape.inQuads + cell.inputQuad + quad]);
    }
    inputs[at] = value;
    var dy = vec4<f32>();
    if (pixel < end && quad < cell.outputQuads) {
      dy = vec4<f32>(gradient[pixel * shape.outQuads + cell.outputQuad + quad]);
    }
    gradients[at] = dy;
  }
}

fn storeQuad(first: i32, cell: Cell, c: i32, k: i32, sum: mat4x4<f32>) {
  if (c >= cell.inputQuads || k >= cell.outputQuads) {
    return;
  }
  let at = first + 4 * c * cell.channelStride + k;
  sums[at] = sum[0];
  sums[at + cell.channelStride] = sum[1];
  sums[at + 2 * cell.channelStride] = sum[2];
  sums[at + 3 * cell.channelStride] = sum[3];
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let index = i32(group.x) + shape.firstGroup;
  let slice = i32(group.y) + shape.firstSlice;
  let cell = cells[index / (KERNEL_SIZE * KERNEL_SIZE)];
  let tap = index % (KERNEL_SIZE * KERNEL_SIZE);
  let tapRow = tap / KERNEL_SIZE - shape.padTop;
  let tapColumn = tap % KERNEL_SIZE - shape.padLeft;
  let end = OUT_WIDTH * min((slice + 1) * shape.rowsPerSlice, shape.images * OUT_HEIGHT);
  // Rows are the channels of a quad of inputs, columns those of a quad of outputs: the thread's first and second of each.
  var sum00 = mat4x4<f32>();
  var sum01 = mat4x4<f32>();
  var sum10 = mat4x4<f32>();
  var sum11 = mat4x4<f32>();
  let c = lane / 8;
  let k = lane % 8;
  for (var first = OUT_WIDTH * slice * shape.rowsPerSlice; first < end; first += i32(PIXELS)) {
    load(lane, first, end, tapRow, tapColumn, cell);
    workgroupBarrier();
    for (var pixel = 0u; pixel < PIXELS; pixel++) {
      let x0 = inputs[pixel * QUADS + c];
      let dy0 = gradients[pixel * QUADS + k];
      sum00 += outer(x0, dy0);
      if (TILE == 64) {
        let x1 = inputs[pixel * QUADS + c + 8];
        let dy1 = gradients[pixel * QUADS + k + 8];
        sum01 += outer(x0, dy1);
        sum10 += outer(x1, dy0);
        sum11 += outer(x1, dy1);
      }
    }
    workgroupBarrier();
  }
  let to = slice * shape.sliceStride + cell.result + tap * cell.tapStride;
  storeQuad(to, cell, i32(c), i32(k), sum00);
  if (TILE == 64) {
    storeQuad(to, cell, i32(c), i32(k) + 8, sum01);
    storeQuad(to, cell, i32(c) + 8, i32(k), sum10);
    storeQuad(to, cell, i32(c) + 8, i32(k) + 8, sum11);
  }
}
