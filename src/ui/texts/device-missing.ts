import type { BrowserName, ObstacleView, SystemName } from "../../protocol/views";

const BROWSERS: Readonly<Record<BrowserName, string>> = {
  chrome: "Chrome",
  edge: "Edge",
  firefox: "Firefox",
  safari: "Safari",
  other: "this browser",
};
const SYSTEMS: Readonly<Record<SystemName, string>> = {
  windows: "Windows",
  macos: "macOS",
  linux: "Linux",
  chromeos: "ChromeOS",
  android: "Android",
  ios: "iOS or iPadOS",
  other: "this system",
};

/** What the page says where there is no device, and what helps in which browser on which system. */
export const deviceMissing = {
  title: {
    insecure: "WebGPU is switched off, because this page was not loaded securely",
    noWebGpu: "This browser offers no WebGPU here",
    noAdapter: "WebGPU is there, but it found no graphics adapter",
    refused: "The graphics adapter gave no device",
  } satisfies Record<ObstacleView["why"], string>,
  consequence: "Training, evaluating and exporting compute on the graphics device and wait for it.",
  works:
    "Everything that is stored is here all the same: runs, curves, groups, trees, results and images can be looked at, data brought in, runs saved as files and loaded.",
  stepsFor,
  stepsIn: (browser: BrowserName, system: SystemName) =>
    browser === "other" && system === "other" ? "What helps" : `What helps in ${BROWSERS[browser]} on ${SYSTEMS[system]}`,
  told: (message: string) => `What the browser said: ${message}`,
  again: "Look again",
  reload: "Load the page anew",
  versions: "Where WebGPU is on by default",
  columns: ["Browser", "System", "From version"],
  table: [
    ["Chrome, Edge", "Windows, macOS, ChromeOS", "113; on Windows with an ARM processor with a flag"],
    ["Chrome", "Android 12 or newer", "121, on most Qualcomm and ARM graphics"],
    ["Chrome", "Linux, Intel graphics of the 12th generation or newer", "144"],
    ["Chrome", "Linux, NVIDIA with driver 535.183.01 or newer", "147"],
    ["Firefox", "Windows", "141"],
    ["Firefox", "macOS", "145"],
    ["Safari", "macOS 26, iOS 26, iPadOS 26", "26"],
  ],
} as const;

const LOOK_AGAIN = "Then press Look again, or load the page anew.";

/** Steps to take one after the other, the likeliest cure first. */
function stepsFor({ why, browser, version, system }: ObstacleView): readonly string[] {
  switch (why) {
    case "insecure":
      return [
        "Open the page by an address that begins with https://.",
        "On the computer that serves it, open it as http://localhost with its port instead of by a name or number: browsers trust that one.",
        "Who serves the page to others should give its server a certificate.",
      ];
    case "noWebGpu":
      return [...upgradeSteps(browser, version, system), "Then load the page anew."];
    case "noAdapter":
      return [...adapterSteps(browser, system), LOOK_AGAIN];
    case "refused":
      return [
        "Close other tabs and programs that use the graphics card: its memory may be full.",
        "Restart the browser: after several crashes of the graphics process it gives out no more devices.",
        "Update the browser and the graphics driver.",
        LOOK_AGAIN,
      ];
    default:
      return why satisfies never;
  }
}

function upgradeSteps(browser: BrowserName, version: number | null, system: SystemName): readonly string[] {
  if (system === "ios") return ["Update to iOS or iPadOS 26: every browser there computes with Safari's engine."];
  if (browser === "firefox") return firefoxSteps(system);
  if (browser === "safari")
    return ["Update to macOS 26, or install Safari 26 from the system's settings.", "Or use Chrome or Edge 113 or newer."];
  if (browser === "chrome" || browser === "edge") return chromiumSteps(browser, version, system);
  return ["Use Chrome or Edge 113 or newer, Firefox 141 or newer on Windows or 145 on a Mac, or Safari 26 or newer."];
}

function firefoxSteps(system: SystemName): readonly string[] {
  if (system === "windows") return ["Update Firefox to 141 or newer.", "Or use Chrome or Edge 113 or newer."];
  if (system === "macos") return ["Update Firefox to 145 or newer.", "Or use Chrome, or Safari 26 or newer."];
  return [
    "Use Chrome: Firefox does not offer WebGPU by default on this system yet.",
    "Or switch it on yourself: open about:config, set dom.webgpu.enabled to true, and restart Firefox.",
  ];
}

function chromiumSteps(browser: "chrome" | "edge", version: number | null, system: SystemName): readonly string[] {
  const flag = `Switch on ${browser}://flags/#enable-unsafe-webgpu and restart the browser.`;
  if (system === "linux") {
    return [
      `Update ${BROWSERS[browser]}: from 144 on it offers WebGPU on Intel graphics of the 12th generation or newer, from 147 on NVIDIA with driver 535.183.01 or newer.`,
      `On other graphics, switch on ${browser}://flags/#enable-unsafe-webgpu and ${browser}://flags/#enable-vulkan, and restart the browser; or start it with --enable-unsafe-webgpu --enable-features=Vulkan.`,
    ];
  }
  if (system === "android")
    return ["Update Chrome to 121 or newer, on Android 12 or newer; not every phone's graphics are supported.", flag];
  if (version !== null && version < 113)
    return [`Update ${BROWSERS[browser]} to 113 or newer: ${browser}://settings/help does it.`];
  return [
    ...(system === "windows" ? [`On Windows with an ARM processor WebGPU is behind a flag. ${flag}`] : [flag]),
    `See ${browser}://gpu: the line WebGPU says what switched it off.`,
    "Where an organisation manages this browser, its policies may forbid WebGPU: ask who manages it.",
  ];
}

function adapterSteps(browser: BrowserName, system: SystemName): readonly string[] {
  if (browser === "safari" || system === "ios")
    return ["Update the system and restart it.", "Or use Chrome, where there is one."];
  const drivers = driverStep(system);
  if (browser === "firefox") {
    return [
      ...drivers,
      "See about:support under Graphics: the decision log of WebGPU names what blocks it.",
      "Or use Chrome or Edge.",
    ];
  }
  const scheme = browser === "edge" ? "edge" : "chrome";
  return [
    `Switch on graphics acceleration in ${scheme}://settings/system and restart the browser.`,
    ...drivers,
    `See ${scheme}://gpu: under Problems Detected it says whether this graphics card or driver is blocked.`,
    `A blocked one can be tried all the same: switch on ${scheme}://flags/#enable-unsafe-webgpu${system === "linux" ? ` and ${scheme}://flags/#enable-vulkan` : ""} and restart the browser.`,
  ];
}

/** Phones and Chromebooks bring their drivers with the system. */
function driverStep(system: SystemName): readonly string[] {
  if (system === "windows") return ["Update the graphics driver, from the maker of the graphics card or with Windows Update."];
  if (system === "linux")
    return [
      "Install or update the graphics driver with Vulkan: mesa-vulkan-drivers for AMD and Intel, 535.183.01 or newer for NVIDIA.",
    ];
  return ["Update the system: its graphics driver comes with it."];
}
