import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { LAVAPIPE_FOLDER } from "./drivers.mjs";
import { outputOf, show } from "./run.mjs";
import {
  candidateRelease,
  canInstallPackages,
  dependencyNames,
  isRoot,
  linuxRelease,
  MESA_NEEDED,
  missingLibraries,
} from "./system.mjs";

const APT_OPTIONS = [
  "-q",
  "-y",
  "-o",
  "Acquire::Retries=3",
  "-o",
  "Acquire::http::Timeout=30",
  "-o",
  "Acquire::https::Timeout=30",
];
const APT_ENVIRONMENT = { DEBIAN_FRONTEND: "noninteractive" };
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const BACKPORTS = `deb [signed-by=${KEYRING}] http://deb.debian.org/debian bookworm-backports main\n`;
const LIBRARY = "libvulkan_lvp.so";

/**
 * @param {readonly string[]} args
 * @param {string} [folder]
 */
const apt = (args, folder) =>
  show("apt-get", [...APT_OPTIONS, ...args], { environment: APT_ENVIRONMENT, ...(folder && { folder }) });

/**
 * Chrome or Chromium: Debian's package as root on Debian, else Playwright's download. Shows what it does.
 * Whether it worked is for `findBrowser` to say.
 */
export async function installBrowser() {
  if (canInstallPackages() && linuxRelease().id === "debian" && (await installPackages(["chromium"]))) return;
  const withLibraries = process.platform === "linux" && canInstallPackages() ? ["--with-deps"] : [];
  await show("npx", ["playwright", "install", ...withLibraries, "--no-shell", "chromium"]);
}

/**
 * Debian's packages of programs that tests need, as root on Debian. Shows what it does; whether it worked is for `missingTestPackages` to say.
 * @param {readonly string[]} packages
 */
export async function installTestPackages(packages) {
  if (canInstallPackages() && linuxRelease().id === "debian") await installPackages(packages);
}

/** The Vulkan loader and a lavapipe that WebGPU accepts: the system's package, else on Debian 12 the library from its backports. */
export async function installLavapipe() {
  if (!canInstallPackages()) return;
  await updatePackages();
  if (candidateRelease(outputOf("apt-cache", ["policy", "mesa-vulkan-drivers"]) ?? "") >= MESA_NEEDED) {
    await installPackages(["libvulkan1", "mesa-vulkan-drivers"]);
  } else if (linuxRelease().codename === "bookworm" && (await installPackages(["libvulkan1"]))) {
    await extractBackport();
  }
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<boolean>} whether all are installed
 */
async function installPackages(packages) {
  await updatePackages();
  return (await apt(["install", "--no-install-recommends", ...packages])) === 0;
}

let updated = false;

/** Once a process; a source of the system's that does not answer is no reason to stop, the rest still count. */
async function updatePackages() {
  if (updated) return;
  updated = true;
  await apt(["update"]);
}

/** Takes one library out of the backported package into the project's cache; the system's own Mesa stays as it is. */
async function extractBackport() {
  const folder = mkdtempSync(join(tmpdir(), "splitnet-mesa-"));
  try {
    const sources = join(folder, "sources.list");
    const lists = join(folder, "lists");
    writeFileSync(sources, BACKPORTS);
    mkdirSync(join(lists, "partial"), { recursive: true });
    const options = [
      `Dir::Etc::sourcelist=${sources}`,
      "Dir::Etc::sourceparts=/dev/null",
      `Dir::State::Lists=${lists}`,
      // The folder is readable for root only.
      "APT::Sandbox::User=root",
    ].flatMap((option) => ["-o", option]);
    if ((await apt([...options, "update"])) !== 0) return;
    if ((await apt([...options, "download", "mesa-vulkan-drivers"], folder)) !== 0) return;
    const archive = readdirSync(folder).find((file) => file.endsWith(".deb"));
    if (archive !== undefined) await unpack(join(folder, archive), join(folder, "files"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} archive the .deb
 * @param {string} folder scratch space for its files
 */
async function unpack(archive, folder) {
  if ((await show("dpkg", ["-x", archive, folder])) !== 0) return;
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((file) => basename(file) === LIBRARY);
  if (found === undefined) return;
  const library = join(LAVAPIPE_FOLDER, LIBRARY);
  mkdirSync(LAVAPIPE_FOLDER, { recursive: true });
  copyFileSync(join(folder, found), library);
  writeFileSync(
    join(LAVAPIPE_FOLDER, "lvp_icd.json"),
    `${JSON.stringify({ file_format_version: "1.0.0", ICD: { api_version: "1.4.305", library_path: library } }, null, 2)}\n`,
  );
  if (missingLibraries(outputOf("ldd", [library]) ?? "").length === 0) return;
  await installPackages(dependencyNames(outputOf("dpkg-deb", ["--field", archive, "Depends"]) ?? ""));
}

/** What a person can do where nothing could be installed: one line each. */
export function browserAdvice() {
  const sudo = isRoot() ? "" : "sudo ";
  if (process.platform !== "linux") return ["Install Google Chrome, or run `npx playwright install chromium`."];
  return [
    "Run `npx playwright install --with-deps chromium`,",
    `or install the package: \`${sudo}apt-get install chromium\` (Debian), \`${sudo}dnf install chromium\` (Fedora),`,
    "or set CHROME_PATH to a Chrome or Chromium of your own.",
  ];
}

export function driverAdvice() {
  const sudo = isRoot() ? "" : "sudo ";
  if (process.platform !== "linux")
    return ["Update the graphics driver: WebGPU needs Metal on macOS and Direct3D 12 on Windows."];
  return [
    `With a GPU: install its Vulkan driver and the loader (\`${sudo}apt-get install libvulkan1\`).`,
    `Without one: \`${sudo}apt-get install libvulkan1 mesa-vulkan-drivers\` where Mesa is ${MESA_NEEDED} or newer (\`apt-cache policy mesa-vulkan-drivers\`),`,
    "on Debian 12 the same from bookworm-backports, or any Chromium, whose SwiftShader is used then (about ten times slower).",
  ];
}
