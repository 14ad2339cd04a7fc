// Images as evaluated: those of a list, whole.

@group(0) @binding(5) var<storage, read> indices: array<u32>;

fn imageOf(position: u32) -> u32 {
  return indices[position];
}

fn viewOf(position: u32) -> View {
  return View(PADDING, PADDING, false);
}
