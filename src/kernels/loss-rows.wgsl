// Cross-entropy of a row's logits + bias, and its gradient (softmax - one-hot) SCALE. A row belongs to LANES threads, four columns
// each and again LANES groups of columns on; a workgroup handles ROWS rows.

// [GROUPS]: 1 for a class, 0 for padding.
@group(0) @binding(0) var<storage, read> columns: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> logits: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<vec4<f32>>;
// [BATCH]: cross-entropy in nats, 1 where classified right, 0, 0.
@group(0) @binding(5) var<storage, read_write> rowTerms: array<vec4<f32>>;

const THREADS = LANES * ROWS;
// Stands for a padding column: below every logit, and its exponential is 0.
const LOWEST = -1e30f;
const OFFSETS = vec4<u32>(0u, 1u, 2u, 3u);

var<workgroup> largest: array<f32, THREADS>;
// Sums of exponentials, and numbers of columns that come before the label.
var<workgroup> sums: array<vec2<f32>, THREADS>;

fn logitsOf(row: u32, group: u32) -> vec4<f32> {
  return select(vec4<f32>(LOWEST), logits[row * GROUPS + group] + bias[group], columns[group] != vec4<u32>(0u));
}

fn exponentials4(v: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(exponential(v.x), exponential(v.y), exponential(v.z), exponential(v.w));
}

// 1 for the label's column.
fn oneHot(group: u32, label: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), vec4<f32>(1.0), 4u * group + OFFSETS == vec4<u32>(label));
}

fn largestOf(row: u32, lane: u32) -> f32 {
  var four = vec4<f32>(LOWEST);
  for (var group = lane; group < GROUPS; group += LANES) {
    four = max(four, logitsOf(row, group));
  }
  return max(max(four.x, four.y), max(four.z, four.w));
}

// Sum of the lane's exponentials, and its columns that win over the label's logit: larger ones, and equal ones of a lower number.
fn sumsOf(row: u32, lane: u32, top: f32, label: u32, labelLogit: f32) -> vec2<f32> {
  var exponentials = vec4<f32>(0.0);
  var winners = vec4<f32>(0.0);
  for (var group = lane; group < GROUPS; group += LANES) {
    let values = logitsOf(row, group);
    let numbers = 4u * group + OFFSETS;
    exponentials += exponentials4(values - top);
    // Counts what does not lose, so that a logit that is no number is never right.
    let loses = (values < vec4<f32>(labelLogit)) | ((values == vec4<f32>(labelLogit)) & (numbers >= vec4<u32>(label)));
    winners += select(vec4<f32>(1.0), vec4<f32>(0.0), loses);
  }
  return vec2<f32>(sumOfFour(exponentials), sumOfFour(winners));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let first = thread - lane;
  // Rows beyond the end repeat the last one and write nothing.
  let number = workgroup.x * ROWS + thread / LANES;
  let row = min(number, BATCH - 1u);
  let label = labels[row];
  let labelLogit = logitsOf(row, label / 4u)[label % 4u];
  largest[thread] = largestOf(row, lane);
  workgroupBarrier();
  var top = LOWEST;
  for (var i = 0u; i < LANES; i++) {
    top = max(top, largest[first + i]);
  }
  sums[thread] = sumsOf(row, lane, top, label, labelLogit);
  workgroupBarrier();
  if (number >= BATCH) {
    return;
  }
  var sum = vec2<f32>(0.0);
  for (var i = 0u; i < LANES; i++) {
    sum += sums[first + i];
  }
  for (var group = lane; group < GROUPS; group += LANES) {
    gradient[row * GROUPS + group] = (exponentials4(logitsOf(row, group) - top) / sum.x - oneHot(group, label)) * SCALE;
  }
  if (lane == 0u) {
    rowTerms[row] = vec4<f32>(log(sum.x) + (top - labelLogit), select(0.0, 1.0, sum.y == 0.0), 0.0, 0.0);
  }
}
