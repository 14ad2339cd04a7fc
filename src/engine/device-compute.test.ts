import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { selfTestProblem } from "../train/self-test-problem";
import { guardAgainstLoss } from "./device-compute";
import { fakeCompute } from "./testing";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test("what training reported is not kept while the device lives", async () => {
  const compute = guardAgainstLoss(fakeCompute(), new Promise(() => undefined));
  const told: WeakRef<object>[] = [];
  const problem = selfTestProblem("group");
  const config = { ...problem.config, group: { ...problem.config.group, steps: 20, checkpointEverySteps: 1 } };
  for await (const fact of compute.fit({ ...problem, config })) told.push(new WeakRef(fact));
  expect(told.length).toBeGreaterThan(20);
  await new Promise((done) => setTimeout(done, 0));
  collectGarbage();
  // The loop's own variable may still hold the last one.
  expect(told.filter((fact) => fact.deref() !== undefined).length).toBeLessThanOrEqual(2);
});
