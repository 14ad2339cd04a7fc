// Moments of the batch from those of its slices, their coefficients, and the step of the running statistics.
// Each row of lanes combines consecutive slices, then row 0 combines the rows: always in the order of the pixels.

@group(0) @binding(3) var<storage, read_write> runningMean: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> runningVariance: array<vec4<f32>>;
// [SLICES][2][GROUPS], from batch-norm-moments.wgsl.
@group(0) @binding(5) var<storage, read> partials: array<vec4<f32>>;
// [PIXELS][GROUPS]; the means of the slices are relative to its first pixel.
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

var<workgroup> rowMoments: array<Moments, COLUMNS * ROWS>;

@compute @workgroup_size(COLUMNS * ROWS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let own = workgroup.x * COLUMNS + lane % COLUMNS;
  let group = min(own, GROUPS - 1u);
  var moments = Moments(0.0, vec4<f32>(0.0), vec4<f32>(0.0));
  let first = lane / COLUMNS * SLICES_PER_THREAD;
  for (var slice = first; slice < min(first + SLICES_PER_THREAD, SLICES); slice++) {
    let count = f32(min(u32(SLICE), PIXELS - slice * SLICE));
    let mean = partials[slice * 2u * GROUPS + group];
    moments = combined(moments, Moments(count, mean, partials[(slice * 2u + 1u) * GROUPS + group]));
  }
  rowMoments[lane] = moments;
  workgroupBarrier();
  if (lane >= COLUMNS || own >= GROUPS) {
    return;
  }
  for (var other = lane + COLUMNS; other < COLUMNS * ROWS; other += COLUMNS) {
    moments = combined(moments, rowMoments[other]);
  }
  let mean = vec4<f32>(x[group]) + moments.mean;
  let variance = moments.squares / f32(PIXELS);
  writeCoefficients(group, mean, variance);
  runningMean[group] = DECAY * runningMean[group] + (1.0 - DECAY) * mean;
  runningVariance[group] = DECAY * runningVariance[group] + (1.0 - DECAY) * variance;
}
