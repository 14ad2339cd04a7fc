import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChangedKernels, type CompiledPrograms } from "../../tests/support/changed-kernels";
import { type OpenDevice, openDevice } from "../kernels/device";
import { bytesOn } from "../kernels/device-memory";
import { groupingSpec, unblockedSplitSpec } from "../model/build";
import type { Config } from "../model/config";
import { mergeIndices } from "../model/grouping";
import { groupedSpaces } from "../model/lookup";
import { presetConfig } from "../model/presets";
import { planSplit } from "../splitnet/plan";
import { backendOn } from "./backend";
import type { FitOptions } from "./fit";
import { recipeOf } from "./recipe";
import { type SelfTestResult, selfTest } from "./self-test";
import { selfTestProblem } from "./self-test-problem";
import { initialState } from "./state";

let device: OpenDevice;
const compiled: CompiledPrograms = new Map();
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

async function ownKernelsOn(changed: ChangedKernels): Promise<SelfTestResult> {
  const { prepare } = await backendOn({ ...device, device: changed.device }, "own");
  return selfTest(changed.device, prepare);
}

test("our kernels pass on this adapter, the same twice, and leave nothing on the device", async () => {
  const changed = new ChangedKernels(device, [], compiled);
  for (const run of ["cold", "warm"]) {
    const result = await ownKernelsOn(changed);
    console.info(`${run} self-test on ${device.report.description}: ${JSON.stringify(result)}`);
    expect(result).toMatchObject({ kind: "passed" });
  }
  expect(bytesOn(changed.device)).toBe(0);
});

test("the stock kernels pass the same test", async () => {
  const { prepare } = await backendOn(device, "stock");
  expect(await selfTest(device.device, prepare)).toMatchObject({ kind: "passed" });
});

describe("a wrong kernel is found, and what it got wrong is named:", () => {
  test.each([
    [
      "one pixel in eight 0.2 % off",
      "conv-forward",
      "sum3 += times(matrix",
      "sum3 += 1.002 * times(matrix",
      /^grouping step: running unit_2_0\/bn_2\/\w+: /,
    ],
    [
      "one tap of a filter gradient",
      "filter-gradient",
      "high2 += outer(x2, dy1)",
      "high2 += outer(x1, dy1)",
      /^grouping step: gradient of .+\/kernel: /,
    ],
    ["a sign", "activation-gradient ", "- constantTerm", "+ constantTerm", /^grouping step: gradient of /],
    ["dropout", "activation ", "vec4<u32>(8u)", "vec4<u32>(9u)", /^grouping step: running .* instead of /],
    [
      "half a percent of a penalty's slope",
      "penalty-gradients",
      "2.0 * tile.perTap",
      "2.01 * tile.perTap",
      /^grouping step: gradient of /,
    ],
    ["the update", "optimizer-update", "w - rate *", "w - 0.9 * rate *", /^grouping step: after the update, /],
    ["a ReLU's gradient", "activation-relu-gradient", "> Activation4()", ">= Activation4()", /^fine-tuning step: gradient of /],
  ])("%s", async (_, label, from, to, what) => {
    const changed = new ChangedKernels(device, [{ label, from, to }], compiled);
    const result = await ownKernelsOn(changed);
    expect(changed.changes).toBeGreaterThan(0);
    expect(result).toEqual({ kind: "failed", what: expect.stringMatching(what) });
  });

  test("one that does not compile, without the device being called lost", async () => {
    const fault = { label: "pool ", from: "fn main", to: "fn main main" };
    const changed = new ChangedKernels(device, [fault], new Map(compiled));
    expect(await ownKernelsOn(changed)).toEqual({ kind: "failed", what: expect.stringContaining("pool") });
    expect(await Promise.race([device.lost, Promise.resolve("there")])).toBe("there");
  });
});

/** Name and source of every kernel, without the constants in front: what a program is, whatever the shape. */
function kernelsOf({ programs }: ChangedKernels): Set<string> {
  return new Set(programs.map(({ label, code }) => `${label.split(" ")[0]}\n${code.replace(/^const [A-Z_0-9]+ = .*;\n/gm, "")}`));
}

test("it runs every kernel that training and evaluation run, in both stages and layer orders", async () => {
  const tested = new ChangedKernels(device, [], compiled);
  expect(await ownKernelsOn(tested)).toMatchObject({ kind: "passed" });
  const used = new ChangedKernels(device, [], compiled);
  const backend = await backendOn({ ...device, device: used.device }, "own");
  for (const options of [...stagesOf("pre-activation", 1), ...stagesOf("post-activation", 0.8)]) {
    const trainer = await backend.prepare(options, recipeOf(options.config, options.stage));
    await trainer.validationLogits(0);
    trainer.dispose();
  }
  const known = kernelsOf(tested);
  expect(known.size).toBeGreaterThan(25);
  const untested = [...kernelsOf(used)].filter((kernel) => !known.has(kernel));
  expect(untested).toEqual([]);
});

/** Both stages of a network deeper and wider than the problem's, the second evenly split. */
function stagesOf(blockOrder: Config["blockOrder"], dropoutKeep: number): FitOptions[] {
  const problem = selfTestProblem("group");
  const classes = problem.dataset.classes.length;
  const quick = presetConfig("quick");
  const stage = { batchSize: 4, dropoutKeep };
  const config: Config = {
    ...quick,
    blockOrder,
    group: { ...quick.group, ...stage },
    finetune: { ...quick.finetune, ...stage },
    evaluation: { batchSize: 4 },
  };
  const unblocked = unblockedSplitSpec(config, classes);
  const even = groupedSpaces(unblocked).map(
    ({ name, size, groups }) => [name, { groups, groupOf: mergeIndices(size, groups) }] as const,
  );
  const split = planSplit(unblocked, new Map(even));
  const dense = groupingSpec(config, classes);
  return [
    { ...problem, config, spec: dense, start: initialState(dense, 1) },
    { ...problem, config, stage: "finetune", spec: split.spec, classOrder: split.classOrder, start: initialState(split.spec, 1) },
  ];
}
