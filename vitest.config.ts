import { defineConfig } from "vitest/config";
import { preferModules } from "./scripts/lib/project.mjs";
import { withoutSlurm } from "./scripts/lib/test-programs.mjs";

const MINUTE_MS = 60_000;
const TENSOR_ENGINE = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-core/dist/register_all_gradients",
  "@tensorflow/tfjs-backend-webgpu",
  "@tensorflow/tfjs-layers",
];
/** Left out only where that was asked for: `npm test` says so, and without Slurm the test fails. */
const LEFT_OUT = withoutSlurm() ? ["tests/slurm.gpu.test.ts"] : [];
const DEVICE_TESTS = "{src,tests}/**/*.gpu.test.ts";

export default defineConfig({
  resolve: preferModules,
  ssr: { resolve: preferModules },
  test: {
    // A focused test would pass for the whole suite.
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{src,tests,scripts}/**/*.test.{ts,tsx}"],
          exclude: [DEVICE_TESTS, "**/node_modules/**"],
          testTimeout: MINUTE_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "gpu",
          include: [DEVICE_TESTS],
          exclude: [...LEFT_OUT, "**/node_modules/**"],
          globalSetup: ["tests/setup/driver.ts"],
          setupFiles: ["tests/setup/gpu.ts"],
          // A file at a time, each in a process of its own: one device alive, and the software adapter gets all cores.
          pool: "forks",
          fileParallelism: false,
          maxWorkers: 1,
          // Bundled once together: left to Node, tfjs-core would load twice, once as CommonJS, and a thousand modules a file are slow.
          deps: { optimizer: { ssr: { enabled: true, include: TENSOR_ENGINE } } },
          testTimeout: 10 * MINUTE_MS,
          hookTimeout: 2 * MINUTE_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
