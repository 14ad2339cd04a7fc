// Activations [pixels, 4 groups] and how threads cover them (batch-norm-layout.ts). A uniform and no constants, so that layers of all
// sizes share a pipeline: compiling one takes longer than many steps.
struct Extents {
  pixels: u32,
  groups: u32,
  // Lanes of a workgroup: columns of four channels by rows of pixels; the rest idles.
  columns: u32,
  rows: u32,
  pixelsPerThread: u32,
  // Pixels of a slice of a reduction, number of slices, and slices that a row of the second dispatch adds up.
  slice: u32,
  slices: u32,
  slicesPerThread: u32,
  pixelsPerImage: u32,
}

@group(0) @binding(EXTENTS_BINDING) var<uniform> extents: Extents;
