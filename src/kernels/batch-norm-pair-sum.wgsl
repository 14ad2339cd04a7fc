// Sums of two values over the rows rows of a workgroup, in the order of the rows. Row 0 gets the results.
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
    for (var other = lane + extents.columns; other < extents.columns * extents.rows; other += extents.columns) {
      sums[0] += firsts[other];
      sums[1] += seconds[other];
    }
  }
  return sums;
}
