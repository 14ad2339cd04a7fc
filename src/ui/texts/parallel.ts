import { count } from "../kit/format";

export const parallel = {
  title: "Branches in parallel",
  none: "After the split, trunk and branches can be timed here, each on a device of its own.",
  start: "Time the branches",
  stop: "Stop timing",
  hint: "Trunk and every branch get a worker and a device of their own and exchange their channels through memory of the browser. Five batch sizes, median of several runs each.",
  timing: (done: number, total: number) =>
    total === 0 ? "Opening devices" : `Timing: ${count(Math.min(done + 1, total))} of ${count(total)}`,
  shared:
    "All devices share the one graphics processor of this computer, so branches wait for each other; with a processor each they would not. The exchange between workers costs time as well.",
  software: "This is a program on the processor, not a graphics processor.",
  measured: (devices: number, device: string) => `Measured here with ${count(devices)} devices on ${device}`,
  table: "Milliseconds a batch and speed-up over the unsplit network",
  columns: {
    batch: "Images",
    unsplit: "Unsplit, ms",
    split: "Split, ms",
    parallel: "In parallel, ms",
    splitSpeed: "Split, speed-up",
    parallelSpeed: "In parallel, speed-up",
    difference: "Largest difference",
  },
  tooLarge: "does not fit",
  differenceHint:
    "Difference of the logits in parallel from those of the split network on one device, as a share of the largest logit.",
  published: "Published speed-up (Kim et al. 2017, table 5)",
  publishedHint: "Other hardware: TITAN X (Pascal), 50,000 CIFAR-100 images in batches of 100, WRN-16-8.",
  publishedColumns: { network: "Network", devices: "GPUs", speed: "Speed-up" },
  publishedRows: [
    { network: "Unsplit", devices: 1, speed: 1 },
    { network: "Shallow split", devices: 2, speed: 1.37 },
    { network: "Deep split", devices: 2, speed: 1.73 },
    { network: "Hierarchical split", devices: 2, speed: 1.71 },
    { network: "Deep split in three", devices: 3, speed: 2.22 },
  ],
  times: (speed: number) => `${speed.toFixed(2)}×`,
} as const;
