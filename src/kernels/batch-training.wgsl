// Images of a training step: the next ones of the order, cropped and mirrored at random.

// Image indices of two epochs, the one behind the other.
@group(0) @binding(5) var<storage, read> order: array<u32>;
@group(0) @binding(8) var<uniform> state: StepState;

fn imageOf(position: u32) -> u32 {
  return order[(state.orderStart + position) % ORDER_LENGTH];
}

fn viewOf(position: u32) -> View {
  let words = philox4x32(vec4<u32>(position, state.step, 0u, 0u), vec2<u32>(state.augmentSeed, AUGMENT_STREAM));
  // The high word of a product is floor(word / 2^32 * CROP_OFFSETS).
  return View(multiplyHigh(words.x, CROP_OFFSETS), multiplyHigh(words.y, CROP_OFFSETS), words.z >= 0x80000000u);
}
