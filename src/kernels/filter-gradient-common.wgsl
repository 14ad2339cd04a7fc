// What the filter gradients share. Sums over output rows are cut into slices; another kernel adds the slices in order.
struct FilterShape {
  images: i32,
  inHeight: i32,
  inWidth: i32,
  outHeight: i32,
  outWidth: i32,
  inQuads: i32,
  outQuads: i32,
  padTop: i32,
  padLeft: i32,
  // Threads of one slice.
  cells: i32,
  rowsPerSlice: i32,
  // Quads from one slice of the result to the next.
  sliceStride: i32,
  // What this dispatch starts with, where a gradient takes several.
  firstGroup: i32,
  firstSlice: i32,
}

// Quads of input channels by quads of output channels of a block: 1 by 1 or 2, or a tile's.
struct Cell {
  inputQuad: i32,
  inputQuads: i32,
  outputQuad: i32,
  outputQuads: i32,
  // Quad of the result for the cell's first input channel and tap 0.
  result: i32,
  // Quads between input channels, and between taps.
  channelStride: i32,
  tapStride: i32,
}

@group(0) @binding(0) var<uniform> shape: FilterShape;
@group(0) @binding(1) var<storage, read> cells: array<Cell>;
@group(0) @binding(2) var<storage, read> input: array<Activation4>;
@group(0) @binding(3) var<storage, read> gradient: array<Activation4>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec4<f32>>;

// Row i holds x[i] · dy: the products of four input with four output channels.
fn outer(x: vec4<f32>, dy: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(x.x * dy, x.y * dy, x.z * dy, x.w * dy);
}

fn storeTap(cell: Cell, slice: i32, tap: i32, low: mat4x4<f32>, high: mat4x4<f32>) {
  let first = slice * shape.sliceStride + cell.result + tap * cell.tapStride;
  sums[first] = low[0];
  sums[first + cell.channelStride] = low[1];
  sums[first + 2 * cell.channelStride] = low[2];
  sums[first + 3 * cell.channelStride] = low[3];
  if (cell.outputQuads == 2) {
    sums[first + 1] = high[0];
    sums[first + cell.channelStride + 1] = high[1];
    sums[first + 2 * cell.channelStride + 1] = high[2];
    sums[first + 3 * cell.channelStride + 1] = high[3];
  }
}
