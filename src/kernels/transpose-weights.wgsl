// transposed[tap, column, row] = weights[tap, row, column] for every kernel [taps][rows][columns]; grid: tiles x taps. An invocation
// turns a block of 4 x 4 in registers, the workgroup a tile of 8 x 8 blocks, so that both reads and writes come in runs of 8 vectors
// and no workgroup memory is needed.
const BLOCKS = 8u;

struct Tile {
  // First vector of the kernel.
  first: u32,
  taps: u32,
  rows: u32,
  columns: u32,
  // Corner of the tile.
  row: u32,
  column: u32,
}
@group(0) @binding(0) var<storage, read> table: array<Tile>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> transposed: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let tile = table[workgroup.x];
  let row = tile.row + 4u * (lane / BLOCKS);
  let column = tile.column + 4u * (lane % BLOCKS);
  if (workgroup.y >= tile.taps || row >= tile.rows || column >= tile.columns) { return; }
  let first = tile.first + workgroup.y * (tile.rows * tile.columns / 4u);
  let step = tile.columns / 4u;
  let read = first + row * step + column / 4u;
  let a = weights[read];
  let b = weights[read + step];
  let c = weights[read + 2u * step];
  let d = weights[read + 3u * step];
  let turned = tile.rows / 4u;
  let written = first + column * turned + row / 4u;
  transposed[written] = vec4<f32>(a.x, b.x, c.x, d.x);
  transposed[written + turned] = vec4<f32>(a.y, b.y, c.y, d.y);
  transposed[written + 2u * turned] = vec4<f32>(a.z, b.z, c.z, d.z);
  transposed[written + 3u * turned] = vec4<f32>(a.w, b.w, c.w, d.w);
}
