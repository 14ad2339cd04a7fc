// M[i,j] = mean over taps of W^2, and what of it every row and column keeps: sum over j of M q^2 and sum over i of M p^2, in parts,
// one for every tile. A workgroup for every tile of every layer; an invocation takes a vector of outputs of every fourth row.
@group(0) @binding(0) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> table: array<Tile>;
// p^2 of every assignment.
@group(0) @binding(2) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> meanSquares: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let tile = table[workgroup.x];
  let column = tile.column + lane % SIDE;
  for (var line = lane / SIDE; line < SIDE; line += LANES / SIDE) {
    let row = tile.row + line;
    if (row >= tile.rows || column >= tile.columns) { break; }
    let at = row * tile.columns + column;
    var sum = vec4<f32>(0.0);
    for (var tap = 0u; tap < tile.taps; tap++) {
      let w = weights[tile.weights + tap * tile.rows * tile.columns + at];
      sum += w * w;
    }
    sum *= tile.perTap;
    meanSquares[tile.means + at] = sum;
    means[line * PITCH + lane % SIDE] = sum;
  }
  workgroupBarrier();
  writeSums(lane, tile, tile.inputShares, tile.outputShares);
}
