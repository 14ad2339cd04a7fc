import { openDeviceHere } from "../gpu";
import { processIo } from "../io";
import { Progress } from "../progress";
import { soak } from "./soak";

// Built and started by scripts/soak.mjs with the number of steps, and with --expose-gc; prints the report as JSON.
const progress = new Progress(processIo());
const heapBytes = (): number => {
  globalThis.gc?.();
  // Tensors lie outside of the heap.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const device = await openDeviceHere(progress);
const report = await soak(Number(process.argv[2]), { device, heapBytes, note: (line) => progress.note(line) });
// Dawn keeps Node alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
