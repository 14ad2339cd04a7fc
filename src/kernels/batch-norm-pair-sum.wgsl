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
    let end = extents.columns * extents.rows;
    let part = min(64u * extents.columns, end);
    for (var other = lane + extents.columns; other < part; other += extents.columns) {
      sums[0] += firsts[other];
      sums[1] += seconds[other];
    }
    // Many rows, where channels are few, are added up in parts: one chain of them all would round too often.
    for (var start = part; start < end; start += part) {
      var partial = array<vec4<f32>, 2>(vec4<f32>(0.0), vec4<f32>(0.0));
      for (var other = start + lane; other < min(start + part, end); other += extents.columns) {
        partial[0] += firsts[other];
        partial[1] += seconds[other];
      }
      sums[0] += partial[0];
      sums[1] += partial[1];
    }
  }
  return sums;
}
