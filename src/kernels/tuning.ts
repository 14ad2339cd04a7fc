import { recordConvForward, recordConvInputGradient } from "./conv";
import { type ConvGeometry, multiplyAdds, samePadding, weightCount } from "./conv-geometry";
import type { OpenDevice } from "./device";
import { DeviceMemory } from "./device-memory";
import { filterGradientSlices, recordFilterGradient } from "./filter-gradient";
import type { Precision } from "./pipelines";
import type { Recorder } from "./recorder";
import {
  CANDIDATES,
  CONV_PASS_KINDS,
  type ConvKernel,
  type ConvPassKind,
  type ConvTuning,
  onlyKernel,
  shapeKey,
  type TunedShape,
  UNTUNED,
} from "./tuning-choice";
import { DispatchTimer, median, type TimedWork, timedWork } from "./tuning-timing";

export interface TuneOptions {
  readonly precision: Precision;
  /** What is known already: its shapes are not timed again. */
  readonly known?: ConvTuning | null;
  /** No shape is begun after this many milliseconds; shapes left out keep the kernel of their adapter's kind. */
  readonly budgetMs?: number;
}

const BUDGET_MS = 4000;
/** Multiply-adds of the first run of a kernel on a device nobody knows: 10 ms at 10 GFLOP/s. */
const FIRST_MULTIPLY_ADDS = 5e7;
/** Work grows by this factor until a run takes `LONG_ENOUGH_MS`. */
const GROWTH = 8;
const LONG_ENOUGH_MS = 4;
/** No run is begun that would take longer, judged by the one before. */
const LONGEST_MS = 80;
const ROUNDS = 3;
/** Kernels this many times slower than the best at first are not timed again. */
const HOPELESS = 2;

/** Names under which a device's tuning is remembered: it is another one for other kernels, drivers or precision. */
export function tuningKey(
  info: Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description">,
  precision: Precision,
) {
  const { vendor, architecture, device, description } = info;
  return ["conv-1", vendor, architecture, device, description, precision].join("/");
}

/** Times the kernels of every pass of the shapes that are not known yet, the largest work first, in a few seconds. */
export async function tune(
  { device, report }: Pick<OpenDevice, "device" | "report">,
  geometries: readonly ConvGeometry[],
  { precision, known, budgetMs = BUDGET_MS }: TuneOptions,
): Promise<ConvTuning> {
  const start = known ?? UNTUNED[report.kind];
  const shapes: Record<string, TunedShape> = { ...start.shapes };
  const deadline = performance.now() + budgetMs;
  const memory = new DeviceMemory(device);
  const timer = await DispatchTimer.open(memory);
  try {
    for (const { pass, geometry, key } of shapesOf(geometries)) {
      if (shapes[key] !== undefined) continue;
      if (performance.now() > deadline) break;
      shapes[key] = await timeShape(device, timer, pass, geometry, precision);
    }
  } finally {
    timer.dispose();
    memory.dispose();
  }
  return { adapter: start.adapter, shapes };
}

/** Whether `tune` would have anything to time. */
export function isTuned(tuning: ConvTuning, geometries: readonly ConvGeometry[]): boolean {
  return shapesOf(geometries).every(({ key }) => tuning.shapes[key] !== undefined);
}

/** Every pass of every shape once; shapes that a network spends most on come first. */
function shapesOf(geometries: readonly ConvGeometry[]) {
  const shapes = new Map<string, { pass: ConvPassKind; geometry: ConvGeometry; key: string; work: number }>();
  for (const geometry of geometries) {
    for (const pass of CONV_PASS_KINDS) {
      const key = shapeKey(pass, geometry);
      const work = multiplyAdds(geometry) + (shapes.get(key)?.work ?? 0);
      shapes.set(key, { pass, geometry, key, work });
    }
  }
  return [...shapes.values()].sort((a, b) => b.work - a.work);
}

async function timeShape(
  device: GPUDevice,
  timer: DispatchTimer,
  pass: ConvPassKind,
  whole: ConvGeometry,
  precision: Precision,
): Promise<TunedShape> {
  let kernels = CANDIDATES[pass];
  let geometry = cut(whole, FIRST_MULTIPLY_ADDS);
  for (;;) {
    const contest = await openContest(device, timer, pass, geometry, precision, kernels);
    try {
      const first = await contest.round(kernels);
      const best = Math.min(...first.values());
      const larger = cut(whole, multiplyAdds(geometry) * Math.min(GROWTH, (2 * LONG_ENOUGH_MS) / best));
      if (best >= LONG_ENOUGH_MS || larger.batch <= geometry.batch) return await finals(contest, first, geometry);
      const growth = larger.batch / geometry.batch;
      kernels = kernels.filter((kernel) => first.get(kernel)! * growth <= LONGEST_MS);
      geometry = larger;
    } finally {
      contest.dispose();
    }
  }
}

/** A few more rounds among kernels that may win. */
async function finals(contest: Contest, first: ReadonlyMap<ConvKernel, number>, geometry: ConvGeometry): Promise<TunedShape> {
  const limit = HOPELESS * Math.min(...first.values());
  const kernels = [...first.keys()].filter((kernel) => first.get(kernel)! <= limit);
  const times = new Map(kernels.map((kernel) => [kernel, [first.get(kernel)!]]));
  for (let i = 1; i < ROUNDS && kernels.length > 1; i++) {
    for (const [kernel, ms] of await contest.round(kernels)) times.get(kernel)!.push(ms);
  }
  const medians = kernels.map((kernel) => [kernel, median(times.get(kernel)!)] as const);
  const [kernel, bestMs] = medians.reduce((best, next) => (next[1] < best[1] ? next : best));
  const work = multiplyAdds(geometry);
  return { kernel, multiplyAddsPerMs: work / Math.max(bestMs, 1e-6), medianMs: Object.fromEntries(medians), multiplyAdds: work };
}

interface Contest {
  /** Milliseconds of one run of each. */
  round(kernels: readonly ConvKernel[]): Promise<ReadonlyMap<ConvKernel, number>>;
  dispose(): void;
}

/** Buffers of one shape, and its kernels compiled and run once: drivers do much at first use. */
async function openContest(
  device: GPUDevice,
  timer: DispatchTimer,
  pass: ConvPassKind,
  geometry: ConvGeometry,
  precision: Precision,
  kernels: readonly ConvKernel[],
): Promise<Contest> {
  const memory = new DeviceMemory(device);
  try {
    const record = recording(memory, pass, geometry, precision);
    const works = new Map<ConvKernel, TimedWork>();
    for (const kernel of kernels) {
      const work = await timedWork(memory, precision, (recorder) => record(recorder, kernel));
      await timer.measure(work);
      works.set(kernel, work);
    }
    return {
      async round(asked) {
        const times = new Map<ConvKernel, number>();
        for (const kernel of asked) times.set(kernel, await timer.measure(works.get(kernel)!));
        return times;
      },
      dispose: () => memory.dispose(),
    };
  } catch (error) {
    memory.dispose();
    throw error;
  }
}

/** What records a pass over buffers of zeros. */
function recording(memory: DeviceMemory, pass: ConvPassKind, geometry: ConvGeometry, precision: Precision) {
  const { batch, height, width, kernelSize, stride, inputs, outputs } = geometry;
  const bytes = precision === "f16" ? 2 : 4;
  const outPixels = samePadding(height, kernelSize, stride).extent * samePadding(width, kernelSize, stride).extent;
  const x = memory.allocate("tuning: input", bytes * batch * height * width * inputs);
  const y = memory.allocate("tuning: output", bytes * batch * outPixels * outputs);
  const shared = { label: "tuning", geometry };
  if (pass === "filter-gradient") {
    const { slices, sliceStride } = filterGradientSlices(geometry);
    const partial = memory.allocate("tuning: partial sums", 4 * slices * sliceStride);
    return (recorder: Recorder, kernel: ConvKernel): void =>
      recordFilterGradient(recorder, { ...shared, input: x, outputGradient: y, partial }, onlyKernel(kernel));
  }
  const weights = memory.allocate("tuning: weights", 4 * weightCount(geometry));
  const [record, input, output] = pass === "forward" ? [recordConvForward, x, y] : [recordConvInputGradient, y, x];
  return (recorder: Recorder, kernel: ConvKernel): void =>
    record(recorder, { ...shared, input, weights, addend: null, output }, onlyKernel(kernel));
}

/** The shape with as many images as `work` multiply-adds allow, at least one. */
function cut(geometry: ConvGeometry, work: number): ConvGeometry {
  const perImage = multiplyAdds(geometry) / geometry.batch;
  return { ...geometry, batch: Math.max(1, Math.min(geometry.batch, Math.floor(work / perImage))) };
}
