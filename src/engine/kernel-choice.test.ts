import { expect, test } from "vitest";
import { DeviceError } from "../base/errors";
import type { Backend, KernelChoice } from "../train/backend";
import type { SelfTestResult } from "../train/self-test";
import { chooseKernels } from "./kernel-choice";

const PASSED: SelfTestResult = { kind: "passed", milliseconds: 1 };
const WRONG: SelfTestResult = { kind: "failed", what: "grouping step: loss l2: 3 instead of 2" };

const unused = (): never => {
  throw new Error("nothing is computed here");
};
const BACKENDS: Readonly<Record<KernelChoice, Backend>> = {
  own: { check: unused, prepare: unused, evaluate: unused },
  stock: { check: unused, prepare: unused, evaluate: unused },
};

/** What is chosen where the tests end like this, and what was opened for it. */
async function chosen(results: Readonly<Record<KernelChoice, SelfTestResult>>) {
  const opened: KernelChoice[] = [];
  const open = async (kernels: KernelChoice): Promise<Backend> => {
    opened.push(kernels);
    return BACKENDS[kernels];
  };
  const choice = await chooseKernels(open, async (backend) => results[backend === BACKENDS.own ? "own" : "stock"]);
  return { ...choice, opened };
}

test("our kernels compute where they pass; the tensor engine is not even loaded", async () => {
  expect(await chosen({ own: PASSED, stock: WRONG })).toEqual({
    backend: BACKENDS.own,
    kernels: { kind: "own" },
    opened: ["own"],
  });
});

test("where ours are wrong the stock kernels compute, and the reason is kept", async () => {
  const { backend, kernels } = await chosen({ own: WRONG, stock: PASSED });
  expect(backend).toBe(BACKENDS.stock);
  expect(kernels).toEqual({ kind: "stock", reason: "grouping step: loss l2: 3 instead of 2" });
});

test("a device that gets both wrong is an error that names what each got wrong, and what to do", async () => {
  const both = chosen({ own: WRONG, stock: { kind: "failed", what: "out of memory" } });
  await expect(both).rejects.toThrow(DeviceError);
  await expect(both).rejects.toThrow(/Our kernels: grouping step: loss l2: 3 instead of 2\. The stock kernels: out of memory/);
  await expect(both).rejects.toMatchObject({ cure: expect.stringContaining("driver") });
});
