// V = Bᵀ d B of the 4 x 4 pixels d around every 2 x 2 tile, zeros beyond the edges: one invocation per tile and quad of channels.
// V is laid out [16][tiles][quads].
@group(0) @binding(1) var<storage, read> input: array<Activation4>;
@group(0) @binding(2) var<storage, read_write> transformed: array<vec4<f32>>;

// Bᵀ times four pixels of a row or column.
fn spread(a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(a - c, b + c, c - b, b - d);
}

// Four pixels of a row, transformed; beyond the edges a pixel inside is read and multiplied by zero.
fn transformedRow(at: i32, leftStep: i32, rightStep: i32, left: f32, right: f32) -> mat4x4<f32> {
  let a = vec4<f32>(input[at + leftStep]) * left;
  let b = vec4<f32>(input[at]);
  let c = vec4<f32>(input[at + shape.inQuads]);
  let d = vec4<f32>(input[at + rightStep]) * right;
  return spread(a, b, c, d);
}

fn writeColumn(id: i32, j: i32, values: mat4x4<f32>) {
  let step = shape.tiles * shape.inQuads;
  transformed[id + j * step] = values[0];
  transformed[id + (4 + j) * step] = values[1];
  transformed[id + (8 + j) * step] = values[2];
  transformed[id + (12 + j) * step] = values[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let id = 64 * i32(group.y * groups.x + group.x) + i32(lane);
  let tile = id / shape.inQuads;
  if (tile >= shape.tiles) {
    return;
  }
  let corner = tileCorner(tile);
  let column = corner % shape.width;
  let row = (corner / shape.width) % shape.height;
  let left = f32(column > 0);
  let right = f32(column + 2 < shape.width);
  let leftStep = select(0, -shape.inQuads, column > 0);
  let rightStep = select(1, 2, column + 2 < shape.width) * shape.inQuads;
  let pitch = shape.width * shape.inQuads;
  let at = corner * shape.inQuads + id % shape.inQuads;

  let above = transformedRow(at + select(0, -pitch, row > 0), leftStep, rightStep, left, right) * f32(row > 0);
  let first = transformedRow(at, leftStep, rightStep, left, right);
  let second = transformedRow(at + pitch, leftStep, rightStep, left, right);
  let inside = row + 2 < shape.height;
  let below = transformedRow(at + select(1, 2, inside) * pitch, leftStep, rightStep, left, right) * f32(inside);
  writeColumn(id, 0, spread(above[0], first[0], second[0], below[0]));
  writeColumn(id, 1, spread(above[1], first[1], second[1], below[1]));
  writeColumn(id, 2, spread(above[2], first[2], second[2], below[2]));
  writeColumn(id, 3, spread(above[3], first[3], second[3], below[3]));
}
