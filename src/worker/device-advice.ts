import { DeviceError } from "../base/errors";
import type { ObstacleView } from "../protocol/views";
import { type NamedBrowser, namedBrowser } from "./browser-name";

/** What decides which advice helps. */
export interface BrowserFacts {
  readonly userAgent: string;
  readonly isSecureContext: boolean;
  readonly hasWebGpu: boolean;
  readonly crossOriginIsolated?: boolean;
  /** Logical processors. */
  readonly processors?: number;
}

/** Why there is no device here: what the page chooses its steps by. */
export function obstacleOf(cause: unknown, { userAgent, isSecureContext, hasWebGpu }: BrowserFacts): ObstacleView {
  return { why: why(cause, isSecureContext, hasWebGpu), ...namedBrowser(userAgent) };
}

function why(cause: unknown, isSecureContext: boolean, hasWebGpu: boolean): ObstacleView["why"] {
  // An insecure page has no WebGPU either: its own cause comes first.
  if (!isSecureContext) return "insecure";
  if (!hasWebGpu) return "noWebGpu";
  return cause instanceof DeviceError ? "noAdapter" : "refused";
}

/** The same as an error, with what to do about it in this browser in a sentence. */
export function adviceFor(cause: unknown, facts: BrowserFacts): DeviceError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const browser = namedBrowser(facts.userAgent);
  switch (obstacleOf(cause, facts).why) {
    case "insecure":
      return new DeviceError(
        "WebGPU is switched off for pages that are not loaded securely",
        "Open the page over https, or from localhost.",
        { cause },
      );
    case "noWebGpu":
      return new DeviceError("this browser has no WebGPU here", `${upgrade(browser)} Then load the page anew.`, { cause });
    default:
      return new DeviceError(message, `${driver(browser)} Then load the page anew.`, { cause });
  }
}

function upgrade({ browser, system }: NamedBrowser): string {
  if (browser === "firefox") return "Use Firefox 141 or newer on Windows, 145 or newer on a Mac, or Chrome or Edge.";
  if (browser === "safari") return "Use Safari 26 or newer, or Chrome.";
  if (system === "linux") {
    return "On Linux, use Chrome 144 or newer, or start it with --enable-unsafe-webgpu --enable-features=Vulkan.";
  }
  return "Use Chrome or Edge 113 or newer.";
}

function driver({ browser }: NamedBrowser): string {
  if (browser === "firefox") return "Update the graphics driver, and see about:support under Graphics for what blocks it.";
  if (browser === "safari") return "Update macOS or iOS.";
  return "Update the graphics driver and switch on graphics acceleration in the browser's settings; chrome://gpu names what blocks it.";
}
