import { DeviceError } from "../base/errors";

/** What decides which advice helps. */
export interface BrowserFacts {
  readonly userAgent: string;
  readonly isSecureContext: boolean;
  readonly hasWebGpu: boolean;
  readonly crossOriginIsolated?: boolean;
  /** Logical processors. */
  readonly processors?: number;
}

/** Why there is no device, and what to do about it in this browser. */
export function adviceFor(cause: unknown, browser: BrowserFacts): DeviceError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!browser.isSecureContext) {
    return new DeviceError(
      "WebGPU is switched off for pages that are not loaded securely",
      "Open the page over https, or from localhost.",
      { cause },
    );
  }
  if (!browser.hasWebGpu) {
    return new DeviceError("this browser has no WebGPU here", `${upgrade(browser.userAgent)} Then load the page anew.`, {
      cause,
    });
  }
  return new DeviceError(message, `${driver(browser.userAgent)} Then load the page anew.`, { cause });
}

function upgrade(userAgent: string): string {
  if (/Firefox\//.test(userAgent)) return "Use Firefox 141 or newer on Windows, 145 or newer on a Mac, or Chrome or Edge.";
  if (/Version\/.*Safari\//.test(userAgent)) return "Use Safari 26 or newer, or Chrome.";
  if (/Linux/.test(userAgent) && !/Android/.test(userAgent)) {
    return "On Linux, use Chrome 144 or newer, or start it with --enable-unsafe-webgpu --enable-features=Vulkan.";
  }
  return "Use Chrome or Edge 113 or newer.";
}

function driver(userAgent: string): string {
  if (/Firefox\//.test(userAgent)) return "Update the graphics driver, and see about:support under Graphics for what blocks it.";
  if (/Version\/.*Safari\//.test(userAgent)) return "Update macOS or iOS.";
  return "Update the graphics driver and switch on graphics acceleration in the browser's settings; chrome://gpu names what blocks it.";
}
