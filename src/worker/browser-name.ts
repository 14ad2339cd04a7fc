import type { BrowserName, SystemName } from "../protocol/views";

/** What a browser says of itself. */
export interface NamedBrowser {
  readonly browser: BrowserName;
  /** Null where it cannot be read. */
  readonly version: number | null;
  readonly system: SystemName;
}

/** The first that matches: Edge calls itself Chrome too, and every browser Mozilla. */
const BROWSERS: readonly (readonly [BrowserName, RegExp])[] = [
  ["edge", /\bEdgA?\/(\d+)/],
  ["firefox", /\bFirefox\/(\d+)/],
  ["chrome", /Chrome\/(\d+)/],
  ["safari", /\bVersion\/(\d+).*\bSafari\//],
];
/** Android calls itself Linux too, and iOS like Mac OS X. */
const SYSTEMS: readonly (readonly [SystemName, RegExp])[] = [
  ["android", /\bAndroid\b/],
  ["ios", /\b(?:iPhone|iPad|iPod)\b/],
  ["chromeos", /\bCrOS\b/],
  ["windows", /\bWindows\b/],
  ["macos", /\bMacintosh\b/],
  ["linux", /\bLinux\b/],
];

/** Browser and system of a user agent. */
export function namedBrowser(userAgent: string): NamedBrowser {
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? "other";
  for (const [browser, pattern] of BROWSERS) {
    const found = pattern.exec(userAgent);
    if (found !== null) return { browser, version: Number(found[1]), system };
  }
  return { browser: "other", version: null, system };
}
