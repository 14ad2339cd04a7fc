import { expect, test } from "vitest";
import type { BenchCase } from "./contender";
import { NO_COUNTERS } from "./our-contenders";
import { type Measured, reportOf } from "./report";
import { textReport } from "./text-report";

const contenders = { ours: null, stock: null, jaxjs: null };
const step: BenchCase = { name: "step/group/x/16", unit: "ms", repeats: 1, flops: 4e9, bytes: null, images: 16, contenders };
const matmul: BenchCase = { ...step, name: "rate/matmul", flops: 2e9, bytes: 8e6, images: null };
const measured: Measured[] = [
  { case: step, samples: { ours: [1000, 2000, 1500], stock: [6000, 10_000, 9000], jaxjs: null } },
  { case: matmul, samples: { ours: null, stock: [500, 500, 500], jaxjs: [400, 400, 400] } },
];
const where = { adapter: "an adapter", driver: "a driver", commit: "abc1234+" };
const report = reportOf(where, measured, 3, NO_COUNTERS);

test("the JSON has the keys that were agreed on, medians, and null for a missing contender", () => {
  expect(JSON.parse(JSON.stringify(report))).toEqual({
    adapter: "an adapter",
    driver: "a driver",
    commit: "abc1234+",
    results: [
      { name: "step/group/x/16", unit: "ms", ours: 1500, stock: 9000, jaxjs: null, runs: 3 },
      { name: "rate/matmul", unit: "ms", ours: null, stock: 500, jaxjs: 400, runs: 3 },
    ],
    counters: { dispatchesPerStep: null, submitsPerStep: null, createdPerStep: null, peakBytes: null, hostMsPerStep: null },
  });
});

test("the table gives every contender its ratio, its rates and its share of the device's best", () => {
  const lines = textReport(report, measured, []).split("\n");
  const cells = (start: string) => lines.filter((line) => line.startsWith(start)).map((line) => line.split(/ {2,}/));
  expect(cells("step/group/x/16")).toEqual([
    ["step/group/x/16", "ours", "1500", "-", "10.7", "2.67", "53.3%", "-", "-"],
    ["step/group/x/16", "stock tfjs", "9000", "0.167", "1.78", "0.444", "8.9%", "-", "-"],
  ]);
  expect(cells("rate/matmul").map((row) => [row[1], row[6]])).toEqual([
    ["stock tfjs", "80.0%"],
    ["jax-js", "100.0%"],
  ]);
});

test("a preset's time says by whom, and whether it is derived", () => {
  const text = textReport(report, measured, [{ preset: "quick", hours: 12.345, by: "stock", basis: "derived from x by FLOPs" }]);
  expect(text).toContain("quick: 12.3 h by stock tfjs (derived from x by FLOPs)");
});
