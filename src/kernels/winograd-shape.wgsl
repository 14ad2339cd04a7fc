// What the two passes of a Winograd convolution share. Channels are counted in vectors of four ("quads"); a tile is 2 x 2 pixels.
struct WinogradShape {
  images: i32,
  // Extent of the input and of the output, both even.
  height: i32,
  width: i32,
  inQuads: i32,
  outQuads: i32,
  tiles: i32,
  // Rows of the table of pairs.
  pairs: i32,
}

@group(0) @binding(0) var<uniform> shape: WinogradShape;

// First pixel of a tile, counted over all images.
fn tileCorner(tile: i32) -> i32 {
  let across = shape.width / 2;
  return 2 * (tile / across) * shape.width + 2 * (tile % across);
}
