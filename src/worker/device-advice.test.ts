import { expect, test } from "vitest";
import { DeviceError } from "../base/errors";
import { namedBrowser } from "./browser-name";
import { adviceFor, obstacleOf } from "./device-advice";

const CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const CHROME_LINUX = CHROME.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64");
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";

test.each([
  ["an insecure page", CHROME, false, false, /https/],
  ["an old Chrome", CHROME, true, false, /Chrome or Edge 113/],
  ["Chrome on Linux", CHROME_LINUX, true, false, /On Linux/],
  ["Firefox without WebGPU", FIREFOX, true, false, /Firefox 141/],
  ["an old Safari", SAFARI, true, false, /Safari 26/],
  ["Chrome without an adapter", CHROME, true, true, /chrome:\/\/gpu/],
  ["Firefox without an adapter", FIREFOX, true, true, /about:support/],
  ["Safari without an adapter", SAFARI, true, true, /macOS/],
])("%s is told what helps there", (_what, userAgent, isSecureContext, hasWebGpu, cure) => {
  const error = adviceFor(new Error("no adapter"), { userAgent, isSecureContext, hasWebGpu });
  expect(error.name).toBe("DeviceError");
  expect(error.cure).toMatch(cure);
});

test.each([
  [CHROME, { browser: "chrome", version: 140, system: "windows" }],
  [CHROME_LINUX, { browser: "chrome", version: 140, system: "linux" }],
  [`${CHROME} Edg/139.0.0.0`, { browser: "edge", version: 139, system: "windows" }],
  [
    CHROME.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64 14541.0.0"),
    { browser: "chrome", version: 140, system: "chromeos" },
  ],
  [CHROME.replace("Windows NT 10.0; Win64; x64", "Linux; Android 10; K"), { browser: "chrome", version: 140, system: "android" }],
  [FIREFOX, { browser: "firefox", version: 140, system: "linux" }],
  [SAFARI, { browser: "safari", version: 18, system: "macos" }],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
    { browser: "other", version: null, system: "ios" },
  ],
  ["something else", { browser: "other", version: null, system: "other" }],
])("browser and system are read from %s", (userAgent, named) => {
  expect(namedBrowser(userAgent)).toEqual(named);
});

test("the cause is the page, the browser, the adapter or the device, in this order", () => {
  const none = new DeviceError("no adapter", "none");
  const why = (cause: unknown, isSecureContext: boolean, hasWebGpu: boolean) =>
    obstacleOf(cause, { userAgent: CHROME, isSecureContext, hasWebGpu }).why;
  expect([why(none, false, false), why(none, true, false), why(none, true, true)]).toEqual(["insecure", "noWebGpu", "noAdapter"]);
  expect(why(new Error("requestDevice failed"), true, true)).toBe("refused");
});
