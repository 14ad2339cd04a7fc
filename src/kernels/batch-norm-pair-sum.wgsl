// Sums of two values over the rows rows of a workgroup, always in the same order. Row 0 gets the results.
// Lanes are columns a row, lane = row * columns + column. A tree of log2(rows) barriers took twice as long on software adapters,
// and a loop of constant length is unrolled there, which takes seconds to compile.

var<workgroup> firsts: array<vec4<f32>, WORKGROUP>;
var<workgroup> seconds: array<vec4<f32>, WORKGROUP>;

fn sumRows(lane: u32, first: vec4<f32>, second: vec4<f32>) -> array<vec4<f32>, 2> {
  firsts[lane] = first;
  seconds[lane] = second;
  workgroupBarrier();
  var sums = array<vec4<f32>, 2>(first, second);
  if (lane < extents.columns) {
    // Four sums of every fourth row: a quarter of the roundings one after the other.
    var others: array<vec4<f32>, 6>;
    let step = extents.columns;
    let end = step * extents.rows;
    for (var row = lane + step; row < end; row += 4u * step) {
      sums[0] += firsts[row];
      sums[1] += seconds[row];
      for (var k = 0u; k < 3u; k++) {
        let other = row + (k + 1u) * step;
        if (other < end) {
          others[k] += firsts[other];
          others[k + 3u] += seconds[other];
        }
      }
    }
    sums[0] += others[0] + others[1] + others[2];
    sums[1] += others[3] + others[4] + others[5];
  }
  return sums;
}
