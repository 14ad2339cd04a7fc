// Moments of the batch from those of its slices, their coefficients, and the step of the running statistics.
// Each row of lanes combines consecutive slices, then row 0 combines the rows: always in the order of the pixels.

@group(0) @binding(3) var<storage, read_write> runningMean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> runningVariance: array<vec4<f32>>;
// [slices][2][groups], from batch-norm-moments.wgsl.
@group(0) @binding(5) var<storage, read> partials: array<vec4<f32>>;
// [pixels][groups]; the means of the slices are relative to its first pixel.
@group(0) @binding(6) var<storage, read> x: array<Activation4>;

struct Moments {
  count: f32,
  // Relative to the first pixel.
  mean: vec4<f32>,
  // Sum of squared deviations.
  squares: vec4<f32>,
}

// Chan, Golub, LeVeque 1983, formula 2.1.
fn combined(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let delta = b.mean - a.mean;
  return Moments(count, a.mean + delta * share, a.squares + b.squares + delta * delta * (a.count * share));
}

var<workgroup> rowMoments: array<Moments, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.x * extents.columns + lane % extents.columns;
  let group = min(own, extents.groups - 1u);
  var moments = Moments(0.0, vec4<f32>(0.0), vec4<f32>(0.0));
  let first = lane / extents.columns * extents.slicesPerThread;
  for (var slice = first; slice < min(first + extents.slicesPerThread, extents.slices); slice++) {
    let count = f32(min(extents.slice, extents.pixels - slice * extents.slice));
    let mean = partials[slice * 2u * extents.groups + group];
    moments = combined(moments, Moments(count, mean, partials[(slice * 2u + 1u) * extents.groups + group]));
  }
  rowMoments[lane] = moments;
  workgroupBarrier();
  if (lane >= extents.columns || own >= extents.groups) {
    return;
  }
  for (var other = lane + extents.columns; other < extents.columns * extents.rows; other += extents.columns) {
    moments = combined(moments, rowMoments[other]);
  }
  let mean = vec4<f32>(x[group]) + moments.mean;
  let variance = moments.squares / f32(extents.pixels);
  writeCoefficients(group, mean, variance);
  runningMean[group] = DECAY * runningMean[group] + (1.0 - DECAY) * mean;
  runningVariance[group] = DECAY * runningVariance[group] + (1.0 - DECAY) * variance;
}
