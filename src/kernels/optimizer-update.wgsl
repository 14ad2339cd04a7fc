// Heavy-ball momentum with weight decay, in place, and the squared norm of what decays as it was before:
//   accumulator = MOMENTUM accumulator + (gradientFactor gradient + decay w);  w -= learning rate * rateFactor * accumulator.
// A workgroup for every chunk of a segment. Joined behind step-state.wgsl and sum-workgroup.wgsl.
struct Chunk {
  // First vector and number of vectors.
  first: u32,
  count: u32,
  trained: u32,
  // Whether its squares count.
  measured: u32,
  decay: f32,
  rateFactor: f32,
  gradientFactor: f32,
}
@group(0) @binding(0) var<uniform> state: StepState;
@group(0) @binding(1) var<storage, read> table: array<Chunk>;
@group(0) @binding(2) var<storage, read> gradients: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> parameters: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> momentum: array<vec4<f32>>;
// Sum of squares of every measured chunk, else 0.
@group(0) @binding(5) var<storage, read_write> squaredNorms: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let chunk = table[workgroup.x];
  let rate = state.learningRate * chunk.rateFactor;
  var squares = vec4<f32>(0.0);
  for (var i = lane; i < chunk.count; i += LANES) {
    let at = chunk.first + i;
    let w = parameters[at];
    squares += w * w;
    if (chunk.trained != 0u) {
      let slope = chunk.gradientFactor * gradients[at] + chunk.decay * w;
      let accumulator = MOMENTUM * momentum[at] + slope;
      momentum[at] = accumulator;
      parameters[at] = w - rate * accumulator;
    }
  }
  var sum = 0.0;
  if (chunk.measured != 0u) { sum = sumOfWorkgroup(lane, sumOfFour(squares)); }
  if (lane == 0u) { squaredNorms[workgroup.x] = sum; }
}
