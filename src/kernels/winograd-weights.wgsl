// U = G g Gᵀ of every 3 x 3 filter g: one invocation per input channel and quad of outputs. U of a kernel is laid out
// [output quads][input quads][16][4 inputs][4 outputs], so that what four inputs and four outputs need follows each other.
struct Chunk {
  // First vector of the kernel [9][inputs][outputs] and of its transform.
  kernel: u32,
  transform: u32,
  inputs: u32,
  outputQuads: u32,
  // First of the workgroup's pairs of an input channel and a quad of outputs.
  start: u32,
}
@group(0) @binding(0) var<storage, read> table: array<Chunk>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> transformed: array<vec4<f32>>;

// Three values of a row or column times Gᵀ.
fn spread(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>) -> mat4x4<f32> {
  let outer = 0.5 * (a + c);
  let middle = 0.5 * b;
  return mat4x4<f32>(a, outer + middle, outer - middle, c);
}

fn writeColumn(first: u32, values: mat4x4<f32>) {
  transformed[first] = values[0];
  transformed[first + 16u] = values[1];
  transformed[first + 32u] = values[2];
  transformed[first + 48u] = values[3];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let chunk = table[workgroup.x];
  let pair = chunk.start + lane;
  if (pair >= chunk.inputs * chunk.outputQuads) { return; }
  // Neighbours take the four inputs of a quad, then the next outputs: they write runs of four vectors.
  let k = (pair / 4u) % chunk.outputQuads;
  let quad = pair / 4u / chunk.outputQuads;
  let input = 4u * quad + pair % 4u;
  let tap = chunk.inputs * chunk.outputQuads;
  let g = chunk.kernel + input * chunk.outputQuads + k;
  let top = spread(weights[g], weights[g + tap], weights[g + 2u * tap]);
  let middle = spread(weights[g + 3u * tap], weights[g + 4u * tap], weights[g + 5u * tap]);
  let bottom = spread(weights[g + 6u * tap], weights[g + 7u * tap], weights[g + 8u * tap]);
  let u = chunk.transform + (k * (chunk.inputs / 4u) + quad) * 64u + pair % 4u;
  writeColumn(u, spread(top[0], middle[0], bottom[0]));
  writeColumn(u + 4u, spread(top[1], middle[1], bottom[1]));
  writeColumn(u + 8u, spread(top[2], middle[2], bottom[2]));
  writeColumn(u + 12u, spread(top[3], middle[3], bottom[3]));
}
