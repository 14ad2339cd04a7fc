import { expect, test } from "vitest";
import type { ConvGeometry } from "./conv-geometry";
import { tuningKey } from "./tuning";
import { chooseConv, parseTuning, shapeKey, type TunedShape, UNTUNED } from "./tuning-choice";

function dense(size: number, inputs: number, outputs: number, batch: number): ConvGeometry {
  const blocks = [{ inputStart: 0, inputs, outputStart: 0, outputs, weightOffset: 0 }];
  return { batch, height: size, width: size, kernelSize: 3, stride: 1, inputs, outputs, blocks };
}

const wide = dense(32, 128, 128, 90);
const shape: TunedShape = { kernel: "tiled-32", multiplyAddsPerMs: 2e6, medianMs: { "tiled-32": 5 }, multiplyAdds: 1e7 };

test("a processor runs direct kernels without a bound, a GPU tiled ones within the watchdog's", () => {
  expect(chooseConv(UNTUNED.software, "forward", wide).kernel).toBe("direct");
  expect(chooseConv(UNTUNED.software, "forward", wide).multiplyAddsPerDispatch).toBeGreaterThan(1e11);
  expect(chooseConv(UNTUNED.hardware, "forward", wide)).toEqual({ kernel: "tiled-64", multiplyAddsPerDispatch: 5e9 });
  // 12 channels would leave most of a large tile idle, 4 images most of the GPU.
  expect(chooseConv(UNTUNED.hardware, "forward", dense(32, 128, 12, 90)).kernel).toBe("tiled-32");
  expect(chooseConv(UNTUNED.hardware, "input-gradient", dense(8, 128, 128, 4)).kernel).toBe("tiled-32");
  expect(chooseConv(UNTUNED.hardware, "filter-gradient", wide).kernel).toBe("tiled-64");
});

test("a tuned shape gets its kernel, in dispatches of 80 ms at its rate", () => {
  const shapes = { [shapeKey("forward", wide)]: shape };
  const tuning = { adapter: "hardware", shapes } as const;
  expect(chooseConv(tuning, "forward", wide)).toEqual({ kernel: "tiled-32", multiplyAddsPerDispatch: 1.6e8 });
  expect(chooseConv(tuning, "forward", { ...wide, batch: 7 }).kernel).toBe("tiled-32");
  expect(chooseConv(tuning, "input-gradient", wide).kernel).toBe("tiled-64");
  const slow = { adapter: "hardware", shapes: { [shapeKey("forward", wide)]: { ...shape, multiplyAddsPerMs: 1e-3 } } } as const;
  expect(chooseConv(slow, "forward", wide).multiplyAddsPerDispatch).toBe(5e7);
});

test("a kernel that the pass does not have is not run", () => {
  const shapes = { [shapeKey("filter-gradient", wide)]: { ...shape, kernel: "direct-wide" } } as const;
  expect(chooseConv({ adapter: "hardware", shapes }, "filter-gradient", wide).kernel).toBe("tiled-64");
});

test("shapes differ by pass, extent, kernel, stride and blocks, not by batch", () => {
  const uneven = { ...wide, blocks: [wide.blocks[0]!, { ...wide.blocks[0]!, inputs: 4 }] };
  const others = [dense(16, 128, 128, 90), dense(32, 128, 64, 90), { ...wide, stride: 2 }, { ...wide, kernelSize: 1 }, uneven];
  const keys = [wide, ...(others as ConvGeometry[])].map((geometry) => shapeKey("forward", geometry));
  expect(new Set([...keys, shapeKey("input-gradient", wide)]).size).toBe(7);
  expect(shapeKey("forward", { ...wide, batch: 1 })).toBe(keys[0]);
});

test("what is remembered is read back; anything else is nothing", () => {
  const tuning = { adapter: "hardware", shapes: { [shapeKey("forward", wide)]: shape } } as const;
  expect(parseTuning(JSON.parse(JSON.stringify(tuning)))).toEqual(tuning);
  for (const value of [null, "", {}, { ...tuning, adapter: "abacus" }, { ...tuning, shapes: { a: { ...shape, kernel: "x" } } }]) {
    expect(parseTuning(value)).toBeNull();
  }
  expect(parseTuning({ ...tuning, shapes: { a: { ...shape, multiplyAddsPerMs: 0 } } })).toBeNull();
});

test("another adapter, driver or precision is another key", () => {
  const info = { vendor: "a", architecture: "b", device: "c", description: "d" };
  const keys = [info, { ...info, device: "x" }, { ...info, description: "x" }].map((one) => tuningKey(one, "f32"));
  expect(new Set([...keys, tuningKey(info, "f16")]).size).toBe(4);
});
