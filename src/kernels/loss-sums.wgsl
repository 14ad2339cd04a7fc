// Sums over the batch, always in the same order: a workgroup for each four columns of the gradient, which gives the bias's gradient, and
// a last one for the rows' terms, which gives their means.

@group(0) @binding(0) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> rowTerms: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> biasGradient: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> terms: array<vec4<f32>>;

const THREADS = FAN_IN * FAN_IN;

var<workgroup> threadSums: array<vec4<f32>, THREADS>;
var<workgroup> partSums: array<vec4<f32>, FAN_IN>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.x;
  var sum = vec4<f32>(0.0);
  for (var row = lane; row < BATCH; row += THREADS) {
    if (group < GROUPS) {
      sum += gradient[row * GROUPS + group];
    } else {
      sum += rowTerms[row];
    }
  }
  threadSums[lane] = sum;
  workgroupBarrier();
  if (lane < FAN_IN) {
    sum = threadSums[lane * FAN_IN];
    for (var i = 1u; i < FAN_IN; i++) {
      sum += threadSums[lane * FAN_IN + i];
    }
    partSums[lane] = sum;
  }
  workgroupBarrier();
  if (lane != 0u) {
    return;
  }
  for (var i = 1u; i < FAN_IN; i++) {
    sum += partSums[i];
  }
  if (group < GROUPS) {
    biasGradient[group] = sum;
  } else {
    terms[0] = sum / f32(BATCH);
  }
}
