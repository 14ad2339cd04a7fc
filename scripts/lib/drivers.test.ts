import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { browserCandidates, browserFolders, findBrowser } from "./browser.mjs";
import { chooseDriver, driverCandidates, isSlow } from "./drivers.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "splitnet-drivers-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "", { mode: 0o755 });
  return file;
}

const LAVAPIPE = { name: "lavapipe", environment: { VK_ICD_FILENAMES: "lvp" } };
const SWIFTSHADER = { name: "SwiftShader", environment: { VK_ICD_FILENAMES: "ss" } };

test("drivers are tried in the order of their speed: the system's, lavapipe, SwiftShader", () => {
  const system = put("icd.d", "lvp_icd.x86_64.json");
  put("icd.d", "radeon_icd.x86_64.json");
  const own = put("vulkan", "lvp_icd.json");
  const shader = put("chrome", "vk_swiftshader_icd.json");
  const candidates = driverCandidates({
    platform: "linux",
    systemFolders: [join(folder, "icd.d"), join(folder, "absent")],
    lavapipeFolder: join(folder, "vulkan"),
    swiftShaderFolders: [join(folder, "chrome")],
  });
  expect(candidates.map(({ environment }) => environment.VK_ICD_FILENAMES)).toEqual([undefined, system, own, shader]);
});

test("a browser that brings a Vulkan loader can stand in for a missing one", () => {
  put("chrome", "vk_swiftshader_icd.json");
  put("chrome", "libvulkan.so.1");
  const places = { systemFolders: [], lavapipeFolder: folder, swiftShaderFolders: [join(folder, "chrome")] };
  const candidates = driverCandidates({ platform: "linux", ...places });
  expect(candidates.at(-1)?.environment.LD_LIBRARY_PATH).toBe(join(folder, "chrome"));
});

test("other systems are left to choose for themselves", () => {
  expect(driverCandidates({ platform: "darwin" }).map(({ environment }) => environment)).toEqual([{}]);
});

test("the first driver that gives an adapter is taken, and none is an answer too", () => {
  const adapter = { description: "llvmpipe", software: true };
  expect(chooseDriver([SWIFTSHADER, LAVAPIPE], (driver) => (driver === LAVAPIPE ? adapter : null))?.name).toBe("lavapipe");
  expect(chooseDriver([SWIFTSHADER, LAVAPIPE], () => null)).toBeNull();
});

test("SwiftShader or nothing is worth installing lavapipe for; lavapipe or a GPU is not", () => {
  expect(isSlow(null)).toBe(true);
  expect(isSlow({ ...SWIFTSHADER, description: "google swiftshader", software: true })).toBe(true);
  expect(isSlow({ ...LAVAPIPE, description: "mesa llvmpipe", software: true })).toBe(false);
  expect(isSlow({ ...LAVAPIPE, description: "nvidia hopper", software: false })).toBe(false);
});

test("browsers: the one asked for, then Playwright's, then those on the path; absent ones are left out", () => {
  const asked = put("asked", "chrome");
  const playwright = put("playwright", "chrome");
  const onPath = put("bin", "chromium");
  const where = { asked, playwright, path: `${join(folder, "absent")}:${join(folder, "bin")}` };
  expect(browserCandidates(where).slice(0, 3)).toEqual([asked, playwright, onPath]);
  expect(browserCandidates({ ...where, asked: join(folder, "absent", "chrome") })[0]).toBe(playwright);
});

test("a browser that does not start is passed over", () => {
  const broken = put("broken", "chrome");
  writeFileSync(broken, "#!/bin/sh\nexit 127\n");
  const sound = put("sound", "chrome");
  writeFileSync(sound, "#!/bin/sh\necho Chromium 1\n");
  expect(findBrowser([broken, sound])).toBe(sound);
  expect(findBrowser([broken])).toBeNull();
  expect(browserFolders(sound)[0]).toBe(join(folder, "sound"));
});
