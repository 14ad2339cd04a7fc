// A tile of the mean squares M [inputs][outputs] of a layer's weights, and its products with factors of inputs and outputs.
const SIDE = 16u;
// Invocations: four rows of the tile at a time. Each costs a software adapter a switch at every barrier, so they are few.
const LANES = 64u;
// One vector more than the side, so that rows start in different banks of workgroup memory.
const PITCH = 17u;

struct Tile {
  // First of weights [taps][rows][columns], in vectors; rows are inputs, columns are vectors of outputs.
  weights: u32,
  taps: u32,
  perTap: f32,
  rows: u32,
  columns: u32,
  // Corner of this tile.
  row: u32,
  column: u32,
  groups: u32,
  // First of M, in vectors.
  means: u32,
  // First of the shares p [groups][rows], q [groups][columns] and of the slopes of both, in vectors.
  inputShares: u32,
  outputShares: u32,
  inputSlopes: u32,
  outputSlopes: u32,
  // First of this tile's sums [groups][rows] and [groups][4 columns].
  rowSums: u32,
  columnSums: u32,
  layer: u32,
}

var<workgroup> means: array<vec4<f32>, SIDE * PITCH>;

// sums[g, row] = sum over columns of M factor[g, column], and the same along rows, for all that the tile covers of M.
// `inputs` and `outputs` say where the factors of rows and of columns start, in vectors. A barrier precedes the call.
fn writeSums(lane: u32, tile: Tile, inputs: u32, outputs: u32) {
  for (var item = lane; item < 2u * SIDE * tile.groups; item += LANES) {
    let group = item / SIDE;
    let slot = item % SIDE;
    if (group < tile.groups) {
      if (tile.row + slot < tile.rows) {
        sums[tile.rowSums + group * tile.rows + tile.row + slot] = rowSum(tile, outputs + group * tile.columns, slot);
      }
    } else if (tile.column + slot < tile.columns) {
      let sum = columnSum(tile, inputs + (group - tile.groups) * (tile.rows / 4u), slot);
      let at = tile.columnSums + 4u * ((group - tile.groups) * tile.columns + tile.column + slot);
      sums[at] = sum.x;
      sums[at + 1u] = sum.y;
      sums[at + 2u] = sum.z;
      sums[at + 3u] = sum.w;
    }
  }
}

fn rowSum(tile: Tile, columnFactors: u32, row: u32) -> f32 {
  let count = min(SIDE, tile.columns - tile.column);
  var sums4 = vec4<f32>(0.0);
  for (var column = 0u; column < count; column++) {
    sums4 += means[row * PITCH + column] * factors[columnFactors + tile.column + column];
  }
  return sumOfFour(sums4);
}

fn columnSum(tile: Tile, rowFactors: u32, column: u32) -> vec4<f32> {
  let count = min(SIDE, tile.rows - tile.row);
  var even = vec4<f32>(0.0);
  var odd = vec4<f32>(0.0);
  for (var row = 0u; row < count; row += 4u) {
    let factor = factors[rowFactors + (tile.row + row) / 4u];
    let at = row * PITCH + column;
    even += factor.x * means[at];
    odd += factor.y * means[at + PITCH];
    even += factor.z * means[at + 2u * PITCH];
    odd += factor.w * means[at + 3u * PITCH];
  }
  return even + odd;
}
