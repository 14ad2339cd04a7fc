import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConvGeometry, multiplyAdds } from "./conv-geometry";
import { type OpenDevice, openDevice } from "./device";
import { bytesOn } from "./device-memory";
import { isTuned, tune } from "./tuning";
import { CANDIDATES, CONV_PASS_KINDS, type ConvTuning, parseTuning, shapeKey, UNTUNED } from "./tuning-choice";
import { rememberedTuning, tunedFor, tuningInMemory } from "./tuning-store";

let open: OpenDevice;
beforeAll(async () => {
  open = await openDevice(navigator.gpu);
});
afterAll(() => open.close());

function square(size: number, inputs: number, outputs: number, batch: number): ConvGeometry {
  const blocks = [{ inputStart: 0, inputs, outputStart: 0, outputs, weightOffset: 0 }];
  return { batch, height: size, width: size, kernelSize: 3, stride: 1, inputs, outputs, blocks };
}

const small = square(8, 12, 16, 2);
const large = square(16, 16, 16, 3);
const LONG = { precision: "f32", budgetMs: 600_000 } as const;

test("every pass of every shape is timed, chosen among its kernels, and no buffer stays", async () => {
  const before = bytesOn(open.device);
  const tuning = await tune(open, [small, large, small], LONG);
  expect(isTuned(tuning, [small, large])).toBe(true);
  expect(Object.keys(tuning.shapes)).toHaveLength(6);
  for (const geometry of [small, large]) {
    for (const pass of CONV_PASS_KINDS) {
      const { kernel, medianMs, multiplyAdds: work, multiplyAddsPerMs } = tuning.shapes[shapeKey(pass, geometry)]!;
      expect(CANDIDATES[pass]).toContain(kernel);
      expect(Math.min(...Object.values(medianMs))).toBe(medianMs[kernel]);
      expect(medianMs[kernel]).toBeGreaterThan(0);
      expect(work).toBeLessThanOrEqual(multiplyAdds(geometry));
      expect(multiplyAddsPerMs).toBeCloseTo(work / medianMs[kernel]!, 3);
    }
  }
  expect(parseTuning(JSON.parse(JSON.stringify(tuning)))).toEqual(tuning);
  expect(bytesOn(open.device)).toBe(before);
});

test("without time nothing is begun, and what is known is not timed again", async () => {
  const none = await tune(open, [small], { precision: "f32", budgetMs: -1 });
  expect(none).toEqual(UNTUNED[open.report.kind]);
  const known = await tune(open, [small], LONG);
  const both = await tune(open, [small, large], { ...LONG, known });
  for (const [key, shape] of Object.entries(known.shapes)) expect(both.shapes[key]).toBe(shape);
  expect(isTuned(known, [large])).toBe(false);
  expect(isTuned(both, [large])).toBe(true);
});

test("a GPU's tuning is remembered under its key; a software adapter is not tuned", async () => {
  const store = tuningInMemory();
  const gpu = { ...open, report: { ...open.report, kind: "hardware" } } as const;
  const tuning = await tunedFor(gpu, [small], "f32", store);
  expect(isTuned(tuning, [small])).toBe(true);
  expect(await rememberedTuning(gpu, "f32", store)).toEqual(tuning);
  expect(await tunedFor(gpu, [small], "f32", store)).toEqual(tuning);
  expect(await rememberedTuning(gpu, "f16", store)).toEqual(UNTUNED.hardware);
  const software = { ...open, report: { ...open.report, kind: "software" } } as const;
  expect(await tunedFor(software, [small], "f32", store)).toBe(UNTUNED.software);
});

test("a store that holds nonsense or fails costs a tuning, not the run", async () => {
  const gpu = { ...open, report: { ...open.report, kind: "hardware" } } as const;
  const written: ConvTuning[] = [];
  const nonsense = {
    read: async () => ({ adapter: "hardware", shapes: 3 }),
    write: async (_: string, value: ConvTuning) => void written.push(value),
  };
  expect(isTuned(await tunedFor(gpu, [small], "f32", nonsense), [small])).toBe(true);
  expect(written).toHaveLength(1);
  const broken = { read: () => Promise.reject(new Error("no disk")), write: () => Promise.reject(new Error("no disk")) };
  expect(isTuned(await tunedFor(gpu, [small], "f32", broken), [small])).toBe(true);
});
