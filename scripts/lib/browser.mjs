import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { chromium } from "@playwright/test";
import { outputOf } from "./run.mjs";

const COMMANDS = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome", "microsoft-edge"];

const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** Folders that hold the files of a browser whose command is only a script. */
const LIBRARY_FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/usr/lib64/chromium-browser", "/opt/google/chrome"];

/**
 * Paths of Chrome or Chromium that exist, best first: the one asked for, Playwright's own, those on the PATH, applications.
 * @param {{ asked?: string | undefined, playwright?: string, path?: string }} [where]
 * @returns {string[]}
 */
export function browserCandidates({
  asked = process.env.CHROME_PATH,
  playwright = chromium.executablePath(),
  path = process.env.PATH ?? "",
} = {}) {
  const onPath = COMMANDS.flatMap((command) => path.split(delimiter).map((folder) => join(folder, command)));
  const all = [asked ?? "", playwright, ...onPath, ...APPLICATIONS];
  return [...new Set(all)].filter((file) => file !== "" && existsSync(file));
}

/** The first candidate that starts, or null: a browser may be there and lack the system's libraries. */
export function findBrowser(candidates = browserCandidates()) {
  return candidates.find(starts) ?? null;
}

/** @param {string} file */
function starts(file) {
  // On Windows and macOS the applications are complete, and `--version` opens a window on Windows.
  return process.platform !== "linux" || outputOf(file, ["--version"]) !== null;
}

/**
 * Folders where a browser may keep SwiftShader, its Vulkan driver for the processor.
 * @param {string | null} browser
 * @returns {string[]}
 */
export function browserFolders(browser) {
  const own = browser === null ? [] : [dirname(browser), dirname(realpathSync(browser))];
  return [...new Set([...own, ...LIBRARY_FOLDERS])];
}
