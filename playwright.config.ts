import { defineConfig } from "@playwright/test";
import { findBrowser } from "./scripts/lib/browser.mjs";

const PORT = 4380;
const MINUTE_MS = 60_000;
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "e2e",
  outputDir: "artifacts/page",
  // One page at a time: a software adapter takes every core.
  workers: 1,
  fullyParallel: false,
  // Minutes each: run by hand, as docs/reliability.md says.
  grepInvert: process.env.LONG_TESTS === undefined ? /@long/ : [],
  forbidOnly: true,
  retries: 0,
  timeout: 10 * MINUTE_MS,
  expect: {
    timeout: MINUTE_MS / 2,
    // Drivers round the edges of letters and lines each in their own way; a moved line or another colour is far more.
    toHaveScreenshot: { maxDiffPixels: 30, threshold: 0.15, animations: "disabled" },
  },
  snapshotPathTemplate: "e2e/screens/{arg}{ext}",
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1280, height: 800 },
    // Files come from the server, where tests can withhold them; e2e/offline.spec.ts allows it.
    serviceWorkers: "block",
    screenshot: "on",
    trace: "retain-on-failure",
    browserName: "chromium",
    launchOptions: {
      executablePath: findBrowser() ?? "",
      // Playwright's own headless mode starts a shell without WebGPU; the flag below is the whole browser without a window.
      headless: false,
      args: ["--headless=new", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", ...(isRoot ? ["--no-sandbox"] : [])],
    },
  },
  webServer: {
    command: `npx vite preview --port ${PORT} --strictPort --host 127.0.0.1`,
    url: `http://127.0.0.1:${PORT}`,
    timeout: MINUTE_MS,
    reuseExistingServer: false,
  },
});
