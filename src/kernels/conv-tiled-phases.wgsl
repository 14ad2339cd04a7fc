// Phases of written pixels, as in conv-taps.wgsl: the pixels of one read the same taps.

// A phase: pixel (u, v) of its grid is written at (u, v) · outStep + (outTop, outLeft) and reads at (u, v) · inStep + a tap's offset.
struct Phase {
  rows: i32,
  columns: i32,
  outTop: i32,
  outLeft: i32,
  outStep: i32,
  inStep: i32,
  firstTap: i32,
  tapCount: i32,
}

struct Tap {
  rowOffset: i32,
  columnOffset: i32,
  // Which tap's weights.
  weight: i32,
  unused: i32,
}

@group(0) @binding(6) var<storage, read> phases: array<Phase>;
@group(0) @binding(7) var<storage, read> taps: array<Tap>;

fn write(pixel: i32, phase: Phase, k: i32, value: vec4<f32>) {
  let image = pixel / (phase.columns * phase.rows);
  if (image >= shape.images) {
    return;
  }
  let row = ((pixel / phase.columns) % phase.rows) * phase.outStep + phase.outTop;
  let column = (pixel % phase.columns) * phase.outStep + phase.outLeft;
  store(((image * shape.outHeight + row) * shape.outWidth + column) * shape.outQuads + k, value);
}
