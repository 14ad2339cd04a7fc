import { expect, test } from "vitest";
import type { BrowserName, ObstacleView, SystemName } from "../../protocol/views";
import { NO_ADAPTER } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { text } from "../text";
import { DeviceNotice } from "./device-notice";

const error = { name: "DeviceError", message: "requestAdapter gave null", cure: "Update the driver." };
const noticeOf = (obstacle: ObstacleView) =>
  renderAfter(<DeviceNotice />, [{ kind: "deviceProbed", device: { kind: "missing", error, obstacle } }]);

test("a missing device is one clear notice: what is wrong as an alert, steps in order, what works all the same, and a second look", () => {
  const markup = noticeOf(NO_ADAPTER);
  expect(markup).toMatch(/role="alert"><h2[^>]*>WebGPU is there, but it found no graphics adapter<\/h2>/);
  const words = textOf(markup);
  expect(words).toContain("What helps in Chrome on Linux");
  expect(markup.match(/<ol><li>/g)).toHaveLength(1);
  expect(words).toMatch(/runs, curves, groups, trees, results and images can be looked at/);
  expect(words).toContain("What the browser said: requestAdapter gave null");
  expect(buttonNamed(markup, "Look again")).not.toContain("disabled");
  expect(words).toContain("Firefox Windows 141");
});

const CASES: readonly (readonly [string, Partial<ObstacleView>, RegExp])[] = [
  ["an insecure page", { why: "insecure" }, /https:\/\/.*localhost/],
  [
    "an old Chrome on Windows",
    { why: "noWebGpu", version: 112, system: "windows" },
    /to 113 or newer.*chrome:\/\/settings\/help/,
  ],
  ["an old Edge", { why: "noWebGpu", browser: "edge", version: 100, system: "windows" }, /edge:\/\/settings\/help/],
  ["a new Chrome on Windows", { why: "noWebGpu", version: 140, system: "windows" }, /ARM.*chrome:\/\/gpu.*organisation/],
  ["Chrome on Linux", { why: "noWebGpu", system: "linux" }, /144.*147.*enable-vulkan/],
  ["Chrome on Android", { why: "noWebGpu", system: "android" }, /121.*Android 12/],
  ["Chrome on ChromeOS", { why: "noWebGpu", system: "chromeos" }, /chrome:\/\/flags/],
  ["Firefox on Windows", { why: "noWebGpu", browser: "firefox", system: "windows" }, /141/],
  ["Firefox on a Mac", { why: "noWebGpu", browser: "firefox", system: "macos" }, /145/],
  ["Firefox on Linux", { why: "noWebGpu", browser: "firefox", system: "linux" }, /Use Chrome.*dom\.webgpu\.enabled/],
  ["Safari on a Mac", { why: "noWebGpu", browser: "safari", system: "macos" }, /Safari 26/],
  ["any browser on a phone of Apple", { why: "noWebGpu", browser: "other", system: "ios" }, /iOS or iPadOS 26/],
  [
    "Chrome that finds no adapter",
    { why: "noAdapter", system: "windows" },
    /chrome:\/\/settings\/system.*driver.*Problems Detected/,
  ],
  [
    "Edge that finds no adapter",
    { why: "noAdapter", browser: "edge", system: "windows" },
    /edge:\/\/settings\/system.*edge:\/\/gpu/,
  ],
  ["Firefox that finds no adapter", { why: "noAdapter", browser: "firefox", system: "windows" }, /driver.*about:support/],
  [
    "Chrome without an adapter on Linux",
    { why: "noAdapter", system: "linux" },
    /mesa-vulkan-drivers.*535\.183\.01.*enable-vulkan/,
  ],
  ["an adapter that gives no device", { why: "refused" }, /Close other tabs.*Restart the browser/],
];
test.each(CASES)("%s is told what helps there", (_what, obstacle, steps) => {
  expect(text.deviceMissing.stepsFor({ ...NO_ADAPTER, ...obstacle }).join(" ")).toMatch(steps);
});

test("every browser on every system has steps for every cause, and none twice", () => {
  const browsers: BrowserName[] = ["chrome", "edge", "firefox", "safari", "other"];
  const systems: SystemName[] = ["windows", "macos", "linux", "chromeos", "android", "ios", "other"];
  for (const why of ["insecure", "noWebGpu", "noAdapter", "refused"] as const) {
    for (const browser of browsers) {
      for (const system of systems) {
        const steps = text.deviceMissing.stepsFor({ why, browser, version: null, system });
        expect(steps.length).toBeGreaterThanOrEqual(2);
        expect(new Set(steps).size).toBe(steps.length);
      }
    }
  }
});
