import { expect, test } from "vitest";
import { missingTestPackages, testPackageAdvice } from "./test-programs.mjs";

const here = () => "/somewhere";
const nowhere = () => null;

test("only what is missing is asked for", () => {
  expect(missingTestPackages({ python: here, natsServer: here })).toEqual([]);
  expect(missingTestPackages({ python: here, natsServer: nowhere })).toEqual(["nats-server"]);
  expect(missingTestPackages({ python: nowhere, natsServer: here })).toEqual(["python3-torch", "python3-onnx", "python3-numpy"]);
});

test("the advice names every package, and says nothing of what is there", () => {
  expect(testPackageAdvice(["nats-server"]).join("\n")).not.toMatch(/torch|SPLITNET_PYTHON/);
  const all = testPackageAdvice(missingTestPackages({ python: nowhere, natsServer: nowhere })).join("\n");
  expect(all).toContain("apt-get install --no-install-recommends python3-torch python3-onnx python3-numpy nats-server");
  expect(all).toContain("pip install torch onnx numpy");
});
