// Sum of one value of every invocation, in a fixed order, known to all of them. A workgroup has LANES = SPAN * SPAN invocations.
// Called in uniform control flow. The two arrays make a barrier before the next call's writes unnecessary.
var<workgroup> laneValues: array<f32, LANES>;
var<workgroup> laneSums: array<f32, SPAN>;

fn sumOfWorkgroup(lane: u32, value: f32) -> f32 {
  laneValues[lane] = value;
  workgroupBarrier();
  if (lane < SPAN) {
    var part = 0.0;
    for (var k = 0u; k < SPAN; k++) { part += laneValues[lane * SPAN + k]; }
    laneSums[lane] = part;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var k = 0u; k < SPAN; k++) { sum += laneSums[k]; }
  return sum;
}
