// dW[t,i,j] += share 2 W / taps * sum over g of (slope[g,i] q[g,j]^2 + slope[g,j] p[g,i]^2), and the sums over rows and columns of
// M times slopes that the gradients of p and q need, in parts, one for every tile. Workgroups as in penalty-masses.
@group(0) @binding(0) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> table: array<Tile>;
@group(0) @binding(2) var<storage, read> squares: array<vec4<f32>>;
// Slopes of every axis of every layer.
@group(0) @binding(3) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> layerShares: array<f32>;
@group(0) @binding(5) var<storage, read> meanSquares: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> sums: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradients: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let tile = table[workgroup.x];
  let column = tile.column + lane % SIDE;
  for (var line = lane / SIDE; line < SIDE; line += LANES / SIDE) {
    let row = tile.row + line;
    if (row >= tile.rows || column >= tile.columns) { break; }
    let at = row * tile.columns + column;
    means[line * PITCH + lane % SIDE] = meanSquares[tile.means + at];
    let scale = slopeOfMean(tile, row, column) * (2.0 * tile.perTap * layerShares[tile.layer]);
    for (var tap = 0u; tap < tile.taps; tap++) {
      let weight = tile.weights + tap * tile.rows * tile.columns + at;
      gradients[weight] += weights[weight] * scale;
    }
  }
  workgroupBarrier();
  writeSums(lane, tile, tile.inputSlopes, tile.outputSlopes);
}

fn slopeOfMean(tile: Tile, row: u32, column: u32) -> vec4<f32> {
  var slope = vec4<f32>(0.0);
  for (var g = 0u; g < tile.groups; g++) {
    let vectorOfRow = g * (tile.rows / 4u) + row / 4u;
    let vectorOfColumn = g * tile.columns + column;
    slope += factors[tile.inputSlopes + vectorOfRow][row % 4u] * squares[tile.outputShares + vectorOfColumn];
    slope += factors[tile.outputSlopes + vectorOfColumn] * squares[tile.inputShares + vectorOfRow][row % 4u];
  }
  return slope;
}
