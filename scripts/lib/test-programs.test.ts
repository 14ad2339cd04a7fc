import { expect, test, vi } from "vitest";
import { missingTestPackages, testPackageAdvice } from "./test-programs.mjs";

const here = () => "/somewhere";
const slurm = () => ({ munged: "a", slurmctld: "b", slurmd: "c", sbatch: "d", scancel: "e", scontrol: "f" });
const nowhere = () => null;

test("only what is missing is asked for", () => {
  expect(missingTestPackages({ python: here, natsServer: here, slurm })).toEqual([]);
  expect(missingTestPackages({ python: here, natsServer: nowhere, slurm })).toEqual(["nats-server"]);
  expect(missingTestPackages({ python: nowhere, natsServer: here, slurm })).toEqual([
    "python3-torch",
    "python3-onnx",
    "python3-numpy",
  ]);
  expect(missingTestPackages({ python: here, natsServer: here, slurm: nowhere })).toEqual([
    "slurmctld",
    "slurmd",
    "slurm-client",
    "munge",
  ]);
});

test("the advice names every package, and says nothing of what is there", () => {
  expect(testPackageAdvice(["nats-server"]).join("\n")).not.toMatch(/torch|SPLITNET_PYTHON|Slurm/);
  const all = testPackageAdvice(missingTestPackages({ python: nowhere, natsServer: nowhere, slurm: nowhere })).join("\n");
  expect(all).toContain(
    "apt-get install --no-install-recommends python3-torch python3-onnx python3-numpy nats-server slurmctld slurmd slurm-client munge",
  );
  expect(all).toContain("SPLITNET_WITHOUT_SLURM=1 leaves the test of Slurm out");
  expect(all).toContain("pip install torch onnx numpy");
});

test("who asks for no Slurm is not given it", () => {
  vi.stubEnv("SPLITNET_WITHOUT_SLURM", "1");
  expect(missingTestPackages({ python: here, natsServer: here, slurm: nowhere })).toEqual([]);
  vi.unstubAllEnvs();
});
