import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browserFolders, findBrowser } from "./browser.mjs";
import { cacheFolder } from "./project.mjs";
import { outputOf } from "./run.mjs";

/**
 * A way to give Node a WebGPU adapter: variables for the processes that need one.
 * @typedef {{ readonly name: string, readonly environment: Readonly<Record<string, string>> }} Driver
 * @typedef {{ readonly description: string, readonly software: boolean }} Adapter
 * @typedef {Driver & Adapter} WorkingDriver
 */

/** Where `npm test` puts a lavapipe of its own; the command line looks here too. */
export const LAVAPIPE_FOLDER = join(cacheFolder, "vulkan");
const SYSTEM_FOLDERS = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

/**
 * Drivers worth trying, fastest first: what the system picks, lavapipe (about ten times SwiftShader's speed), SwiftShader.
 * @param {{ systemFolders?: readonly string[], lavapipeFolder?: string, swiftShaderFolders?: readonly string[], platform?: string }} [where]
 * @returns {Driver[]}
 */
export function driverCandidates({
  systemFolders = SYSTEM_FOLDERS,
  lavapipeFolder = LAVAPIPE_FOLDER,
  swiftShaderFolders = browserFolders(findBrowser()),
  platform = process.platform,
} = {}) {
  /** @type {Driver} */
  const system = { name: "the system's choice", environment: {} };
  if (platform !== "linux") return [system];
  const lavapipes = [...systemFolders, lavapipeFolder].flatMap((folder) =>
    descriptions(folder).filter((file) => /lvp_icd/.test(file)),
  );
  return [
    system,
    ...lavapipes.map((file) => ({ name: `lavapipe (${file})`, environment: { VK_ICD_FILENAMES: file } })),
    ...swiftShaderFolders.flatMap(swiftShaderIn),
  ];
}

/**
 * SwiftShader of a browser; once more with the browser's own Vulkan loader, for systems without libvulkan1.
 * @param {string} folder
 * @returns {Driver[]}
 */
function swiftShaderIn(folder) {
  const file = join(folder, "vk_swiftshader_icd.json");
  if (!existsSync(file)) return [];
  const plain = { name: `SwiftShader (${file})`, environment: { VK_ICD_FILENAMES: file } };
  if (!existsSync(join(folder, "libvulkan.so.1"))) return [plain];
  return [plain, { name: plain.name, environment: { ...plain.environment, LD_LIBRARY_PATH: folder } }];
}

/**
 * Driver descriptions in a folder, [] when there is no such folder.
 * @param {string} folder
 */
function descriptions(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => join(folder, file));
}

/**
 * What adapter Node gets from a driver, null for none.
 * @param {Driver} driver
 * @returns {Adapter | null}
 */
export function probe(driver) {
  const program = join(dirname(fileURLToPath(import.meta.url)), "probe-adapter.mjs");
  const printed = outputOf(process.execPath, [program], { environment: driver.environment, timeoutMs: 60_000 });
  const line = printed?.trim().split("\n").at(-1);
  return line === undefined || line === "" ? null : JSON.parse(line);
}

/**
 * The first driver that gives an adapter; a software adapter that the system picked gives way to nothing better, so order decides.
 * @param {readonly Driver[]} [candidates]
 * @param {(driver: Driver) => Adapter | null} [tryOut]
 * @returns {WorkingDriver | null}
 */
export function chooseDriver(candidates = driverCandidates(), tryOut = probe) {
  for (const driver of candidates) {
    const adapter = tryOut(driver);
    if (adapter !== null) return { ...driver, ...adapter };
  }
  return null;
}

/** The driver that VK_ICD_FILENAMES names, else the best there is; null where that gives no adapter. */
export function wantedDriver() {
  const named = process.env.VK_ICD_FILENAMES;
  if (named === undefined) return chooseDriver();
  return chooseDriver([{ name: named, environment: { VK_ICD_FILENAMES: named } }]);
}

/** @param {Driver} driver */
export const isSwiftShader = (driver) => driver.name.startsWith("SwiftShader");

/**
 * Whether a driver is worth replacing by lavapipe: SwiftShader takes ten times as long.
 * @param {WorkingDriver | null} driver
 */
export const isSlow = (driver) => driver === null || /swiftshader/i.test(driver.description);
