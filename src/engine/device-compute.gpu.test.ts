import { afterAll, beforeAll, expect, test } from "vitest";
import { ChangedKernels, type KernelFault } from "../../tests/support/changed-kernels";
import { type OpenDevice, openDevice } from "../kernels/device";
import type { FitFact } from "../train/facts";
import { SELF_TEST_ANSWERS } from "../train/self-test-answers";
import { selfTestProblem } from "../train/self-test-problem";
import type { Compute } from "./context";
import { deviceCompute } from "./device-compute";

let device: OpenDevice;
const compiled = new Map();
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

function computeWith(faults: readonly KernelFault[]) {
  const changed = new ChangedKernels(device, faults, compiled);
  const open = (): ReturnType<typeof deviceCompute> => deviceCompute({ ...device, device: changed.device });
  return { changed, open };
}

/** The total loss of the one step of the self-test's problem, trained as a run is. */
async function lossOf(compute: Compute): Promise<number | undefined> {
  const facts: FitFact[] = [];
  for await (const fact of compute.fit(selfTestProblem("group"))) facts.push(fact);
  return facts.flatMap((fact) => (fact.kind === "steps" ? fact.metrics : []))[0]?.total;
}

const untold = async (kernels: Promise<unknown>): Promise<boolean> =>
  (await Promise.race([kernels, new Promise((resolve) => setTimeout(() => resolve("nothing"), 20))])) === "nothing";

test("nothing is tested before the first computation, and once is enough for a device", async () => {
  const { changed, open } = computeWith([]);
  const compute = open();
  expect(await untold(compute.kernels)).toBe(true);
  expect(changed.programs).toEqual([]);
  await lossOf(compute);
  expect(await compute.kernels).toEqual({ kind: "own" });
  const programs = changed.programs.length;
  const again = open();
  await lossOf(again);
  expect(await again.kernels).toEqual({ kind: "own" });
  expect(changed.programs.length).toBe(programs);
});

test("a wrong kernel makes training run on the stock kernels, rightly, and say why", async () => {
  const { changed, open } = computeWith([{ label: "loss-rows", from: "exponential(v.x)", to: "exp2(v.x)" }]);
  const compute = open();
  const loss = await lossOf(compute);
  expect(changed.changes).toBeGreaterThan(0);
  expect(await compute.kernels).toEqual({
    kind: "stock",
    reason: expect.stringMatching(/^grouping step: loss crossEntropy: [\d.]+ instead of [\d.]+$/),
  });
  const { total = 0 } = SELF_TEST_ANSWERS.group.losses;
  expect(Math.abs(loss! - total)).toBeLessThan(2e-5 * total);
});
