// What changes from step to step: the one thing the processor sends. Written by step-state.ts.
struct StepState {
  // Steps done before this one: a counter word of every random draw.
  step: u32,
  learningRate: f32,
  // Where this step's batch starts in the ring of two epochs' orders.
  orderStart: u32,
  // Row of the metrics ring that this step writes.
  metricsRow: u32,
  dropoutSeed: u32,
  augmentSeed: u32,
}
